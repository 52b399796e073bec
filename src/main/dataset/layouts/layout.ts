import type * as z from 'zod';
import type { layoutIds, PackageId, Trace } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { Example } from '../examples/example.js';

/** One thing a layout gives: a row, or why a part of the trace gives none. */
export type LayoutItem<Row> = { row: Row } | { skipped: string };

interface RowShape<Row extends z.ZodObject> extends Listed<(typeof layoutIds)[number]> {
  /** One sentence for the dataset card and the export dialog. */
  description: string;
  /**
   * Where a row says what is known of the right to use it: a `column` more, a field of its `metadata`, the `row` itself
   * (which has one), or a file `beside` the data where its readers refuse other fields.
   */
  consent: 'column' | 'metadata' | 'row' | 'beside';
  /** Every column with its meaning; file formats derive their schema from it. */
  row: Row;
}

/** Rows of what a trace holds: its tool calls, its decisions, itself. */
export interface TraceLayout<Row extends z.ZodObject = z.ZodObject> extends RowShape<Row> {
  of: 'trace';
  /** A trace that gives no row says why at least once. */
  rows(trace: Trace): Iterable<LayoutItem<z.infer<Row>>>;
}

/** Rows of examples, which a package chose. */
export interface ExampleLayout<Row extends z.ZodObject = z.ZodObject> extends RowShape<Row> {
  of: 'examples';
  /** Whose examples it takes where no package is named; absent: the trace's conversations. */
  package?: PackageId;
  rows(example: Example): Iterable<LayoutItem<z.infer<Row>>>;
}

/** The shape of a dataset's rows and how they are made. */
export type Layout<Row extends z.ZodObject = z.ZodObject> = TraceLayout<Row> | ExampleLayout<Row>;
