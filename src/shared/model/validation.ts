import * as z from 'zod';

/** What a check of traces found. The codes are those of src/main/validate/codes.ts. */

export const validationIssueSchema = z.object({
  code: z.string(),
  /** Field within the record, e.g. `tool_calls[2].call_id`; empty for the record itself. */
  path: z.string(),
  message: z.string(),
});
export type ValidationIssue = z.infer<typeof validationIssueSchema>;

/** Shapes of which records are checked. */
export const validatedShapes = [
  'trace',
  'execution_trace',
  'pr_telemetry',
  'tool_call',
  'decision',
  'openai_chat',
  'unknown',
] as const;
export type ValidatedShape = (typeof validatedShapes)[number];

export const validationReportSchema = z.object({
  /** Null where the record names no trace. */
  trace_id: z.string().nullable(),
  shape: z.enum(validatedShapes),
  valid: z.boolean(),
  errors: z.array(validationIssueSchema),
  warnings: z.array(validationIssueSchema),
  /** There were more than the lists hold. */
  truncated: z.boolean(),
});
export type ValidationReport = z.infer<typeof validationReportSchema>;

/** A record of a file with the place it stands at: `line 12`, `[3]`; empty where it is the whole file. */
export const fileValidationReportSchema = validationReportSchema.extend({ file: z.string(), where: z.string() });
export type FileValidationReport = z.infer<typeof fileValidationReportSchema>;

const counts = z.record(z.string(), z.number().int());
export const validationSummarySchema = z.object({
  traces: z.number().int(),
  valid: z.number().int(),
  invalid: z.number().int(),
  /** Traces or records that have the code, not its occurrences. */
  errors_by_code: counts,
  warnings_by_code: counts,
});
export type ValidationSummary = z.infer<typeof validationSummarySchema>;

/** Result of a job over stored traces. */
export const batchValidationSchema = validationSummarySchema.extend({
  /** The invalid ones, at most 100. */
  reports: z.array(validationReportSchema),
});
export type BatchValidation = z.infer<typeof batchValidationSchema>;
