import { type Queue, type QueueItem, queueSettingsSchema, toIso } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';

export type QueueRow = Omit<Schema['queues'], 'id'> & { id: number };

export function queueOf(row: QueueRow): Queue {
  return {
    queue_id: uidText(row.uid),
    name: row.name,
    ...queueSettingsSchema.parse(unpackJson(row.settings)),
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  };
}

export type ItemRow = Omit<Schema['queue_items'], 'id' | 'decision' | 'draft'> & {
  id: number;
  decision: Packed | null;
  draft: Packed | null;
  queue_name: string;
  trace_uid: Buffer;
  revision: number;
};

export const selectItems = `SELECT i.*, q.name AS queue_name, t.uid AS trace_uid, t.revision
  FROM queue_items AS i JOIN queues AS q ON q.id = i.queue JOIN traces AS t ON t.id = i.trace`;

/**
 * @param hidden whether what was decided is not for who asks
 * @param own whether who asks is its reviewer
 */
export function itemOf(row: ItemRow, hidden: boolean, own: boolean): QueueItem {
  return {
    item_id: uidText(row.uid),
    queue: row.queue_name,
    trace_id: uidText(row.trace_uid),
    pass: row.pass as QueueItem['pass'],
    blind: row.pass !== 'first',
    state: row.state as QueueItem['state'],
    reviewer: row.reviewer,
    assigned_at: toIso(row.assigned_at),
    lease_until: toIso(row.lease_until),
    spent_ms: row.spent_ms,
    submitted_at: row.submitted_at === null ? null : toIso(row.submitted_at),
    decision: row.decision === null || hidden ? null : unpackJson<never>(row.decision),
    draft: row.draft === null || !own || row.state !== 'assigned' ? null : unpackJson<never>(row.draft),
    hidden: row.decision !== null && hidden,
    held: row.held === 1,
    disputed: row.disputed === 1,
    trace_revision: row.trace_revision,
    stale: row.trace_revision !== null && row.trace_revision < row.revision,
  };
}
