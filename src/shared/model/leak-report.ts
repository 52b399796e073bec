import * as z from 'zod';

/** A value that an exported file should not hold: where it stands, never what it is. */
export const leakSchema = z.object({
  /** `known-value`, `secretlint/github`, `personal/email`, … */
  rule: z.string(),
  /** What redaction would call it. */
  entity: z.string(),
  file: z.string(),
  /** Row of the file, line of a text file; from 1. 0: the name of the file. */
  row: z.int(),
  /** Column, and the way down into it: `messages[2].content`. */
  path: z.string(),
  /** What stands around it; the value itself is `█`. */
  context: z.string(),
  /** Keyed hash of the value (16 hex digits): equal values of one data folder have equal ones. */
  hash: z.string(),
});
export type Leak = z.infer<typeof leakSchema>;

/** Who lets an export out although something was found in it. */
export const leakOverrideSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(1).max(2000),
});
export type LeakOverride = z.infer<typeof leakOverrideSchema>;

/** `leaks.json` in an export's folder: a second look at the written files, by rules of their own. */
export const leakReportSchema = z.object({
  version: z.literal(1),
  rules: z.array(z.object({ id: z.string(), version: z.string() })),
  /** How many exact values were looked for. */
  known_values: z.int(),
  files: z.array(z.object({ name: z.string(), rows: z.int() })),
  /** Files that nothing could read: nobody knows what is in them. */
  unread: z.array(z.object({ name: z.string(), reason: z.string() })),
  rows: z.int(),
  leaks_count: z.int(),
  by_rule: z.record(z.string(), z.int()),
  /** The first 1,000. */
  leaks: z.array(leakSchema),
  /** Rows drawn for people to look at: no rule finds everything. */
  sample: z.object({
    seed: z.int(),
    rows: z.array(
      z.object({
        file: z.string(),
        row: z.int(),
        /** The row's own id, where it has one. */
        id: z.string().nullable(),
        /** Where its line begins, in bytes; null where the file has no lines. */
        offset: z.int().nullable(),
      }),
    ),
  }),
  overridden: leakOverrideSchema.nullable(),
});
export type LeakReport = z.infer<typeof leakReportSchema>;

/** What the job says that checked files which were there already; the report itself is `leaks.json` in `out`. */
export const leakCheckSchema = leakReportSchema.pick({ rows: true, leaks_count: true, by_rule: true }).extend({
  /** What was checked. */
  path: z.string(),
  out: z.string(),
  files: z.array(z.never()),
  /** Files that nothing could read. */
  unread_count: z.int(),
});
export type LeakCheck = z.infer<typeof leakCheckSchema>;

/** What a job's result says of it. */
export const leakSummarySchema = leakReportSchema.pick({
  leaks_count: true,
  by_rule: true,
  rows: true,
  overridden: true,
});
export type LeakSummary = z.infer<typeof leakSummarySchema>;
