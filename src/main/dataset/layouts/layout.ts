import type * as z from 'zod';
import type { layoutIds, Trace } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { ExportSource } from '../source.js';

/** One thing a layout made of a trace: a row, or why a part of the trace gives none. */
export type LayoutItem<Row> = { row: Row } | { skipped: string };

/** The shape of a dataset's rows and how a trace becomes them. */
export interface Layout<Row extends z.ZodObject = z.ZodObject> extends Listed<(typeof layoutIds)[number]> {
  /** One sentence for the dataset card and the export dialog. */
  description: string;
  /**
   * Where a row says what is known of the right to use it: a `column` more, a field of its `metadata`, the `row` itself
   * (which has one), or a file `beside` the data where its readers refuse other fields.
   */
  consent: 'column' | 'metadata' | 'row' | 'beside';
  /** Every column with its meaning; file formats derive their schema from it. */
  row: Row;
  /** Pure but for the source's lookups; a trace that gives no row says why at least once. */
  rows(trace: Trace, source: Pick<ExportSource, 'callMessages'>): Iterable<LayoutItem<z.infer<Row>>>;
}
