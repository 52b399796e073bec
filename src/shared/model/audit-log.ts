import * as z from 'zod';
import { type Json, jsonSchema } from './common.js';

/** What is written down because somebody may have to answer for it. */
export const auditActions = [
  'policy_changed',
  'value_allowed',
  'value_denied',
  'value_forgotten',
  'rescan',
  'export_written',
  'export_refused',
  'leak_overridden',
  'dataset_pushed',
  'consent_set',
  'trace_deleted',
  'retention',
  'erasure',
  'subject_exported',
  'token_created',
  'token_revoked',
  'settings_changed',
  'log_recovered',
  'import',
  'ingest',
  'finalize',
  'qa_started',
  'review_changed',
  'queue_changed',
  'labels_imported',
  'file_downloaded',
  'bodies_read',
  'credentials_refused',
  'losses_acknowledged',
  'rubric_changed',
  'judge_started',
  'expansion_started',
  'oracle_started',
  'oracle_paused',
  'oracle_resumed',
  'model_profile_set',
  'model_profile_removed',
  'model_agreed',
  'model_called',
  'webhook_sent',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who did it: the studio or a command with its own token, a token of its own, or the engine by itself (retention). */
export const auditActorSchema = z.strictObject({
  kind: z.enum(['studio', 'token', 'engine']),
  token_id: z.string().nullable(),
});
export type AuditActor = z.infer<typeof auditActorSchema>;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * One line of the audit log: the canonical JSON (RFC 8785) of the entry. `hash` is the SHA-256 (hex) of the line's canonical
 * JSON without `hash` itself, `previous` the hash of the line before (64 zeros for the first). Details never hold captured
 * content or values: ids, counts, names.
 */
export const auditEntrySchema = z.strictObject({
  version: z.literal(1),
  seq: z.int().positive(),
  at: z.iso.datetime(),
  actor: auditActorSchema,
  action: z.enum(auditActions),
  /** A trace, job, token, policy or export that it was done to. */
  target: z.string().nullable(),
  details: z.record(z.string(), jsonSchema),
  previous: hashSchema,
  hash: hashSchema,
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export interface NewAuditEntry {
  action: AuditAction;
  actor: AuditActor;
  target?: string | null;
  details?: { [key: string]: Json };
}

/** What looking through the whole log gave. */
export const auditVerdictSchema = z.object({
  valid: z.boolean(),
  /** Entries that hold, up to the first problem. */
  entries: z.int(),
  /** The last of them. */
  head: z.object({ seq: z.int(), hash: hashSchema }).nullable(),
  /** Whether the end could be compared with the sealed head: that takes the data folder's key. */
  end_checked: z.boolean(),
  /** Bytes of a last line that was never finished, as a crash leaves it; the next entry moves them aside. */
  torn_bytes: z.int(),
  /** The first thing that is wrong; `line` counts from 1 and is null where it is not in a line. */
  problem: z.object({ line: z.int().nullable(), seq: z.int().nullable(), message: z.string() }).nullable(),
});
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
