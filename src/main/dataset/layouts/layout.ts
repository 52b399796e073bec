import type * as z from 'zod';
import type { layoutIds, Trace } from '../../../shared/model/index.js';
import type { ExportSource } from '../source.js';

/** One thing a layout made of a trace: a row, or why a part of the trace gives none. */
export type LayoutItem<Row> = { row: Row } | { skipped: string };

/** The shape of a dataset's rows and how a trace becomes them. */
export interface Layout<Row extends z.ZodObject = z.ZodObject> {
  id: (typeof layoutIds)[number];
  title: string;
  /** One sentence for the dataset card and the export dialog. */
  description: string;
  /** Every column with its meaning; file formats derive their schema from it. */
  row: Row;
  /** Pure but for the source's lookups; a trace that gives no row says why at least once. */
  rows(trace: Trace, source: Pick<ExportSource, 'callMessages'>): Iterable<LayoutItem<z.infer<Row>>>;
}
