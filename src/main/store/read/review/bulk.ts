import { changedFields, type ReviewContent } from '../../../../shared/review-change.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidOrNull } from '../../codec/uid.js';
import type { Sql } from '../../sqlite/sql.js';

/** What one change of many reviews did: how many are others, and how often each field is. */
export function bulkChanges(sql: Sql, bulk: string): { changed: number; fields: { [field: string]: number } } {
  const rows = sql(
    `SELECT c.before, c.after FROM review_changes AS c JOIN review_acts AS a ON a.id = c.act
     WHERE a.bulk = ? AND c.entity = 'review'`,
  ).iterate(uidOrNull(bulk)) as Iterable<{ before: Packed; after: Packed }>;
  const fields: { [field: string]: number } = {};
  let changed = 0;
  for (const { before, after } of rows) {
    changed += 1;
    for (const field of changedFields(contentOf(before), contentOf(after))) fields[field] = (fields[field] ?? 0) + 1;
  }
  return { changed, fields };
}

function contentOf(state: Packed): ReviewContent {
  return unpackJson<never>(state);
}
