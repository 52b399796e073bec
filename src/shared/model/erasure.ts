import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';
import { traceIdsSchema } from './studio.js';

const counts = z.record(z.string(), z.int());

/** What rewriting what is stored did. */
export const rewriteTallySchema = z.object({
  /** Texts that changed, by the table of the store that they stand in. */
  places: counts,
  /** New findings in exchanges, by entity. */
  findings: counts,
  exchanges: z.int(),
  traces: z.int(),
  sealed_deleted: z.int(),
  /** Rows that could not be read and stand as they were. */
  failed: z.int(),
  /** Text that was read, in UTF-16 units. */
  chars: z.int(),
});
export type RewriteTally = z.infer<typeof rewriteTallySchema>;

/** Result of a job of kind `rescan`. */
export const rescanResultSchema = rewriteTallySchema.extend({
  /** Values that stay replaced although the policy keeps them now, by entity: what is gone cannot come back. */
  not_undone: counts,
  duration_ms: z.number(),
  mb_per_second: z.number(),
});
export type RescanResult = z.infer<typeof rescanResultSchema>;

/** Values that name a person: each is looked for as it is, in capitals and small letters, and as its pseudonym. */
export const subjectValuesSchema = z.array(z.string().trim().min(3).max(1000)).min(1).max(200);

export const erasureRequestSchema = z
  .strictObject({
    trace_ids: traceIdsSchema.optional(),
    query: z.string().max(2000).optional(),
    subject: subjectValuesSchema.optional(),
    /** With `subject`: delete every trace that mentions it instead of taking the values out. */
    whole_traces: z.boolean().optional(),
  })
  .refine(
    ({ trace_ids, query, subject }) => [trace_ids, query, subject].filter((by) => by !== undefined).length === 1,
    {
      message: 'Give one of trace_ids, query and subject.',
    },
  )
  .refine(({ subject, whole_traces }) => subject !== undefined || whole_traces === undefined, {
    message: 'whole_traces goes with subject.',
  });
export type ErasureRequest = z.infer<typeof erasureRequestSchema>;

/** A dataset on this machine that held what was erased. */
export const erasedExportSchema = z.object({
  /** The job that wrote it; null for a version of a dataset that a command built. */
  job_id: idSchema.nullable(),
  out: z.string(),
  /**
   * `rewritten`: rows were removed or texts replaced; `deleted`: a file with all that was held on somebody; `clean`: nothing
   * of it was in there; `missing`: not there any more.
   */
  state: z.enum(['rewritten', 'deleted', 'clean', 'missing', 'failed']),
  rows_removed: z.int(),
  rows_changed: z.int(),
  files: z.int(),
  reason: z.string().optional(),
});
export type ErasedExport = z.infer<typeof erasedExportSchema>;

/** What was erased where, and what nobody here can reach. Values stand in it as keyed hashes only. */
export const erasureReceiptSchema = z.object({
  version: z.literal(1),
  erasure_id: idSchema,
  job_id: idSchema.nullable(),
  started_at: timestampSchema,
  ended_at: timestampSchema,
  asked: z.object({
    by: z.enum(['traces', 'query', 'subject']),
    traces: z.int(),
    /** HMAC-SHA-256 of each value under a key of the project, hex: who knows a value and has the key can check it. */
    values: z.array(z.string()),
    whole_traces: z.boolean(),
  }),
  done: z.object({
    traces_deleted: z.int(),
    exchanges_deleted: z.int(),
    rewritten: rewriteTallySchema.nullable(),
    journal: z.enum(['empty', 'waiting']),
    exports: z.array(erasedExportSchema),
    known_values_removed: z.int(),
    database_rewritten: z.boolean(),
  }),
  out_of_reach: z.array(z.string()),
  /** Hash of the entry in the audit log that names this receipt. */
  audit_hash: z.string().nullable(),
});
export type ErasureReceipt = z.infer<typeof erasureReceiptSchema>;

/** A place that holds a subject; what it says is not told. */
export const subjectHitSchema = z.object({
  /** `exchanges`, `documents`, `tool_calls`, …: the table of the store. */
  table: z.string(),
  exchange_id: idSchema.nullable(),
  trace_ids: z.array(idSchema),
});
export type SubjectHit = z.infer<typeof subjectHitSchema>;

/** A page of a search: it may be empty and still not be the last. */
export const subjectPageSchema = z.object({
  items: z.array(subjectHitSchema),
  next_cursor: z.string().nullable(),
  progress: z.number(),
});
export type SubjectPage = z.infer<typeof subjectPageSchema>;

/** Something of Sluice's that lies on this machine. */
export const dataPlaceSchema = z.object({
  id: z.string(),
  path: z.string(),
  holds: z.string(),
  protection: z.enum(['redacted', 'encrypted', 'secret', 'plain']),
  bytes: z.int(),
  exists: z.boolean(),
});
export type DataPlace = z.infer<typeof dataPlaceSchema>;
