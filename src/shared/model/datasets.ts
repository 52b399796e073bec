import * as z from 'zod';

/** Names of datasets: they are folders, and parts of addresses. */
export const datasetNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'lower-case letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit',
  );

/** Which version of which dataset a build is, and those before it. */
export const datasetVersionNameSchema = z.object({
  name: datasetNameSchema,
  version: z.int().positive(),
  earlier: z.array(z.object({ version: z.int().positive(), rows: z.int(), rows_root: z.string() })).default([]),
});
export type DatasetName = z.infer<typeof datasetVersionNameSchema>;

const fileSchema = z.object({ name: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() });
const count = z.int().nonnegative();

/** How many rows of a version are not what they would be today, and why. */
export const staleRowsSchema = z.object({
  /** Their trace was erased or deleted. */
  erased: count,
  /** Their trace has changed since. */
  changed: count,
  /** Somebody reviewed their trace since. */
  relabelled: count,
  /** The policy hides more of them today. */
  policy: count,
});

/** A package in a layout that got no row, and how many traces or branches for which reason. */
export const emptyPartSchema = z.object({
  package: z.string().nullable(),
  layout: z.string(),
  reasons: z.record(z.string(), z.int()),
});
export type EmptyPart = z.infer<typeof emptyPartSchema>;

/** What was ordered and got no row, in words. */
export function emptyLines({ empty = [] }: { empty?: readonly EmptyPart[] | undefined }): string[] {
  return empty.map(({ package: id, layout, reasons }) => {
    const why = Object.entries(reasons).map(([reason, count]) => `${reason} (${count})`);
    const what = id === null ? layout : `${id} as ${layout}`;
    return `${what}: no row${why.length === 0 ? '' : `: ${why.join('; ')}`}`;
  });
}

/** What a build came to: what `sluice dataset build` prints. */
export const builtVersionSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  rows: count,
  traces: count,
  skipped: z.record(z.string(), z.int()),
  /** What was ordered too and got no row; absent where there is none such. */
  empty: z.array(emptyPartSchema).optional(),
  files: z.array(fileSchema),
  /** Root over all rows: the same for the same rows. */
  sha256: z.string(),
  out: z.string(),
  created_at: z.string(),
});
export type BuiltVersion = z.infer<typeof builtVersionSchema>;

export const trainingRunSchema = z.object({
  run_id: z.string().min(1).max(200),
  model: z.string().min(1).max(200),
  metrics: z.record(z.string(), z.number()),
  /**
   * Which rows it used; absent: all. By file and row (from 0) as provenance.parquet beside the data names them today, or by the hash
   * that it gives: that one means the same row also after an erasure wrote the files anew.
   */
  rows: z
    .array(z.union([z.object({ file: z.string(), row: count }), z.object({ sha256: z.string() })]))
    .max(1_000_000)
    .optional(),
});
export type TrainingRun = z.infer<typeof trainingRunSchema>;

export const datasetVersionSchema = builtVersionSchema.extend({
  stale_rows: count,
  stale: staleRowsSchema,
  /** A run without `rows` used all of the version's. Counted as they were when it was built. */
  training_runs: z.array(
    z.object({
      // What was redacted may be longer than what was typed.
      run_id: z.string(),
      model: z.string(),
      metrics: z.record(z.string(), z.number()),
      recorded_at: z.string(),
      rows: count,
      traces: count,
      /** How many of these rows are of a trace that was erased or deleted since. */
      erased_rows: count,
    }),
  ),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

const figureSchema = z.object({ before: z.number(), after: z.number() });
export const datasetDiffSchema = z.object({
  name: z.string(),
  before: z.int(),
  after: z.int(),
  added: count,
  removed: count,
  changed: count,
  unchanged: count,
  figures: z.record(z.string(), figureSchema),
});
export type DatasetDiff = z.infer<typeof datasetDiffSchema>;
