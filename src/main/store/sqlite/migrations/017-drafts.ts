import type { Database } from 'better-sqlite3';
import { type Packed, unpackJson } from '../../codec/pack.js';
import type { Migration } from './migration.js';

/**
 * What a reviewer has said of an item and not submitted yet, as JSON. And of two decisions that somebody settled by hand since, neither
 * is disputed any more.
 */
export const drafts: Migration = {
  id: 17,
  name: 'drafts',
  up: (db) => {
    db.exec('ALTER TABLE queue_items ADD COLUMN draft BLOB');
    endSettled(db);
  },
};

interface Dispute {
  queue: number;
  trace: number;
  since: number;
}

/** Settled is what was given another label since: of a tag, a note or a rating alone nobody can tell what holds. */
function endSettled(db: Database): void {
  const disputes = db
    .prepare(
      `SELECT queue, trace, max(submitted_at) AS since FROM queue_items WHERE pass <> 'repeat'
       GROUP BY queue, trace HAVING max(disputed) = 1`,
    )
    .all() as Dispute[];
  const said = db.prepare<[number, number], { before: Packed; after: Packed }>(
    `SELECT c.before, c.after FROM review_changes AS c JOIN review_acts AS a ON a.id = c.act
     WHERE c.trace = ? AND c.entity = 'review' AND a.undone = 0 AND a.at > ? AND a.kind IN ('review', 'review_many', 'accept')`,
  );
  const end = db.prepare(
    'UPDATE queue_items SET disputed = 0, held = 0 WHERE queue = ? AND trace = ? AND disputed = 1',
  );
  for (const { queue, trace, since } of disputes) if (said.all(trace, since).some(relabels)) end.run(queue, trace);
}

function relabels({ before, after }: { before: Packed; after: Packed }): boolean {
  const [stood, stands] = [labelIn(before), labelIn(after)];
  return stands !== null && stands !== stood;
}

function labelIn(state: Packed): string | null {
  return unpackJson<{ label: string | null }>(state).label;
}
