import type { AuditAction, AuditActor } from '../../../../../shared/model/index.js';

/** What was done, in words. */
export const titles: Record<AuditAction, string> = {
  policy_changed: 'Policy changed',
  value_allowed: 'Value allowed',
  value_denied: 'Known value added',
  value_forgotten: 'Known value removed',
  rescan: 'Stored data redacted anew',
  export_written: 'Export written',
  export_refused: 'Export refused',
  leak_overridden: 'Leak taken on by name',
  dataset_pushed: 'Dataset pushed',
  consent_set: 'Consent set',
  trace_deleted: 'Trace deleted',
  retention: 'Removed by retention',
  erasure: 'Erased',
  subject_exported: 'Data of a person exported',
  token_created: 'Token made',
  token_revoked: 'Token revoked',
  settings_changed: 'Settings changed',
  losses_acknowledged: 'Earlier losses acknowledged',
  log_recovered: 'Log recovered',
  import: 'Imported',
  ingest: 'Sent by a program',
  finalize: 'Trace finalized',
  qa_started: 'Tests started',
  review_changed: 'Review changed',
  queue_changed: 'Review queue changed',
  labels_imported: 'Labels imported',
  file_downloaded: 'File downloaded',
  bodies_read: 'Bodies read',
  credentials_refused: 'Credentials refused',
  rubric_changed: 'Rubric changed',
  judge_started: 'Judge started',
  expansion_started: 'Writing of reasoning started',
  oracle_started: 'Writing of gold traces started',
  oracle_paused: 'Writing of gold traces paused',
  oracle_resumed: 'Writing of gold traces gone on with',
  model_profile_set: 'Model profile set',
  model_profile_removed: 'Model profile removed',
  model_agreed: 'Sending to a model agreed to',
  model_called: 'Language model asked',
  webhook_sent: 'Webhook sent',
};

export function actorText({ kind, token_id }: AuditActor): string {
  if (kind === 'studio') return 'Studio';
  return kind === 'engine' ? 'Engine' : `Token ${token_id?.slice(-8)}`;
}
