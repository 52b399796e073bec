import { type Review, toIso } from '../../../../shared/model/index.js';
import { uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';

export type ReviewRow = Pick<
  Schema['traces'],
  'uid' | 'label' | 'rating' | 'tags' | 'note' | 'reviewed_at' | 'reviewed_revision' | 'reviewer'
>;

/** The review as it stands; one that was never touched is all empty. */
export function reviewOf(row: ReviewRow): Review {
  return {
    trace_id: uidText(row.uid),
    label: row.label as Review['label'],
    rating: row.rating,
    tags: JSON.parse(row.tags) as string[],
    note: row.note,
    updated_at: row.reviewed_at === null ? null : toIso(row.reviewed_at),
    trace_revision: row.reviewed_revision,
    reviewer: row.reviewer,
  };
}
