import type { Database } from 'better-sqlite3';
import { decodeDeltas, encodeDeltas } from '../../codec/varint.js';
import type { Migration } from './migration.js';

/** Traces are found by what they were made for and in which mode: what their metadata says becomes terms. */
export const scenarios: Migration = {
  id: 11,
  name: 'scenarios',
  up: (db) => {
    for (const [field, name] of [
      ['scenario', 'scenario'],
      ['mode', 'execution_mode'],
    ] as const) {
      addTerms(db, field, name);
    }
  },
};

function addTerms(db: Database, field: string, name: string): void {
  const rows = db.prepare<[string, string], { id: number; started_at: number; terms: Buffer; value: string }>(
    `SELECT id, started_at, terms, json_extract(metadata, '$.' || ?) AS value FROM traces
     WHERE metadata IS NOT NULL AND json_valid(metadata) AND json_type(metadata, '$.' || ?) = 'text'`,
  );
  const find = db.prepare<[string, string, string], { id: number }>(
    'SELECT id FROM terms WHERE field = ? AND folded = ? AND value = ?',
  );
  const insert = db.prepare('INSERT INTO terms (field, folded, value) VALUES (?, ?, ?)');
  const count = db.prepare('UPDATE terms SET traces = traces + 1 WHERE id = ?');
  const place = db.prepare('INSERT OR IGNORE INTO trace_terms (term, started_at, trace) VALUES (?, ?, ?)');
  const keep = db.prepare('UPDATE traces SET terms = ? WHERE id = ?');
  for (const { id, started_at, terms, value } of rows.all(name, name)) {
    if (value === '') continue;
    const key = [field, value.toLowerCase(), value] as const;
    const term = find.get(...key)?.id ?? Number(insert.run(...key).lastInsertRowid);
    place.run(term, started_at, id);
    keep.run(encodeDeltas([...decodeDeltas(terms), term]), id);
    count.run(term);
  }
}
