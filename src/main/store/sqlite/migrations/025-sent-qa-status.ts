import { decodeDeltas, encodeDeltas } from '../../codec/varint.js';
import type { Migration } from './migration.js';

/** A trace without a run of ours that came with what its tests came to: its status says so. */
export const sentQaStatus: Migration = {
  id: 25,
  name: 'sent-qa-status',
  up: (db) => {
    const rows = db
      .prepare<[], { id: number; started_at: number; terms: Buffer }>(
        `SELECT DISTINCT t.id, t.started_at, t.terms FROM terms AS m
           JOIN trace_terms AS p ON p.term = m.id JOIN traces AS t ON t.id = p.trace
         WHERE m.field = 'tests' AND t.qa_status = 'none'`,
      )
      .all();
    if (rows.length === 0) return;
    const known = db.prepare(`SELECT id FROM terms WHERE field = 'qa' AND value = 'done'`).pluck().get();
    const insert = db.prepare(`INSERT INTO terms (field, folded, value) VALUES ('qa', 'done', 'done')`);
    const term = (known as number | undefined) ?? Number(insert.run().lastInsertRowid);
    const place = db.prepare('INSERT OR IGNORE INTO trace_terms (term, started_at, trace) VALUES (?, ?, ?)');
    const keep = db.prepare(`UPDATE traces SET qa_status = 'sent', terms = ? WHERE id = ?`);
    for (const { id, started_at, terms } of rows) {
      place.run(term, started_at, id);
      keep.run(encodeDeltas([...decodeDeltas(terms), term]), id);
    }
    db.prepare('UPDATE terms SET traces = traces + ? WHERE id = ?').run(rows.length, term);
  },
};
