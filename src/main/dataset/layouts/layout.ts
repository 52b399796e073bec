import type * as z from 'zod';
import type {
  Call,
  FileFormatId,
  Forks,
  forkPlaces,
  layoutIds,
  PackageId,
  Reasoning,
  SubagentPlace,
  TokenLogprob,
  Trace,
} from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { Example } from '../examples/example.js';
import type { ExamplePart } from '../packages/package.js';
import type { ProvenTask } from '../source.js';

/** What of the trace a row was made of; null where it is all of it. */
export interface RowOrigin {
  call_id?: string | null;
  step_id?: string | null;
  /** The trace that the other output of a pair is of. */
  other?: Trace | undefined;
  /** Traces that stand within the row, such as subagents: what holds for a trace's rows holds for these too. */
  inlined?: readonly Trace[];
}

/** The traces beside its own that something of stands in a row. */
export function othersIn({ other, inlined = [] }: RowOrigin = {}): Trace[] {
  return [...(other === undefined ? [] : [other]), ...inlined];
}

/** One thing a layout gives: a row, or why a part of the trace gives none. */
export type LayoutItem<Row> = { row: Row; origin?: RowOrigin; example?: Example } | { skipped: string };

/** What can be chosen of rows, and what the layout can do. The first is what holds unless another is asked for. */
export interface RowChoices {
  reasoning: readonly [Reasoning, ...Reasoning[]];
  subagents: readonly [SubagentPlace, ...SubagentPlace[]];
  /** Absent: its rows do not begin at a step. */
  forks?: readonly (typeof forkPlaces)[number][];
}

/** What holds in one export. */
export interface RowOptions {
  reasoning: Reasoning;
  subagents: SubagentPlace;
  /** Where tasks begin. */
  forks: Forks;
  /** The traces that a trace spawned. */
  children(traceId: string): Iterable<Trace>;
  /** Whether a trace is still there and may have rows. */
  exists(traceId: string): boolean;
  /** Why a trace may not stand in rows; null where it may. */
  refused(trace: Pick<Trace, 'consent'>): string | null;
  /** Tokens of a call's answer as they were on the wire; empty where none were, or none may be told. */
  logprobs(trace: Trace, call: Call): readonly TokenLogprob[];
  /** The task that a run of its tests made of a trace. */
  task(traceId: string): ProvenTask | null;
}

/** What is known of the files of one dataset when everything stands in them. */
export interface WrittenRows {
  files: readonly { name: string; split: string; rows: number }[];
  /** Names of the columns that any row had. */
  columns: ReadonlySet<string>;
}

interface RowShape<Row extends z.ZodObject> extends Listed<(typeof layoutIds)[number]> {
  /** One sentence for the dataset card and the export dialog. */
  description: string;
  /**
   * Where a row says what is known of the right to use it: a `column` more, a field of its `metadata`, the `row` itself
   * (which has one), or a file `beside` the data where its readers refuse other fields.
   */
  consent: 'column' | 'metadata' | 'row' | 'beside';
  /** The one kind of file that it is written in. */
  format?: FileFormatId;
  /** Every column with its meaning; file formats derive their schema from it. */
  row: Row;
  /** Absent: rows are what they are. */
  choices?: Partial<RowChoices>;
  /** Files that its reader wants beside the data, by name. */
  beside?(written: WrittenRows): { [name: string]: string };
}

/** Rows of what a trace holds: its tool calls, its decisions, itself. */
export interface TraceLayout<Row extends z.ZodObject = z.ZodObject> extends RowShape<Row> {
  of: 'trace';
  /** The package that is written in it and in no other. */
  package?: PackageId;
  /** Files of lines hold one trace each: their reader takes a file for a session. */
  filePerTrace?: true;
  /** A trace that gives no row says why at least once. */
  rows(trace: Trace, options: RowOptions): Iterable<LayoutItem<z.infer<Row>>>;
}

/** Rows of examples, which a package chose. */
export interface ExampleLayout<Row extends z.ZodObject = z.ZodObject> extends RowShape<Row> {
  of: 'examples';
  /** Whose examples it takes where no package is named; absent: the trace's conversations. */
  package?: PackageId;
  /** What it cannot do without in an example. */
  needs?: readonly ExamplePart[];
  rows(example: Example, options: RowOptions): Iterable<LayoutItem<z.infer<Row>>>;
}

/** The shape of a dataset's rows and how they are made. */
export type Layout<Row extends z.ZodObject = z.ZodObject> = TraceLayout<Row> | ExampleLayout<Row>;

/** What may be chosen of an answer's reasoning in layouts that have a place for it. */
export const reasoningKept = ['keep', 'strip', 'last'] as const;
export const reasoningStripped = ['strip', 'keep', 'last'] as const;
