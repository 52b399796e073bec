import type { Database } from 'better-sqlite3';
import { decodeDeltas, encodeDeltas } from '../../codec/varint.js';
import type { Migration } from './migration.js';

/** Runs of tests in containers, and traces that are found by what their tests came to, whoever said it. */
export const qaRuns: Migration = {
  id: 21,
  name: 'qa runs',
  up: (db) => {
    db.exec(`
      ALTER TABLE traces ADD COLUMN qa_status TEXT NOT NULL DEFAULT 'none';

      CREATE TABLE qa_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER REFERENCES traces (id) ON DELETE CASCADE,
        job BLOB,
        state TEXT NOT NULL,
        verdict TEXT,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        ended_at INTEGER,
        -- What lists show of it and the rest of the run (JSON), without what has a column.
        summary BLOB NOT NULL,
        data BLOB NOT NULL,
        -- What it goes on from where it is cut off (JSON).
        attempts BLOB
      );
      CREATE INDEX qa_runs_by_trace ON qa_runs (trace, id);
      CREATE INDEX qa_runs_by_state ON qa_runs (state, id);
      CREATE INDEX qa_runs_by_verdict ON qa_runs (verdict, id) WHERE verdict IS NOT NULL;
    `);
    findByTests(db);
  },
};

function findByTests(db: Database): void {
  // The first version had a list, of which the last run holds.
  const rows = db.prepare<[], { id: number; started_at: number; terms: Buffer; passed: string }>(
    `SELECT id, started_at, terms, passed FROM (
       SELECT id, started_at, terms,
              json_type(qa_results, CASE json_type(qa_results) WHEN 'array' THEN '$[#-1]' ELSE '$' END || '.tests_passed') AS passed
       FROM traces WHERE qa_results IS NOT NULL AND json_valid(qa_results)
     ) WHERE passed IN ('true', 'false')`,
  );
  const insert = db.prepare(`INSERT INTO terms (field, folded, value) VALUES ('tests', ?, ?)`);
  const find = db.prepare(`SELECT id FROM terms WHERE field = 'tests' AND value = ?`).pluck();
  const place = db.prepare('INSERT OR IGNORE INTO trace_terms (term, started_at, trace) VALUES (?, ?, ?)');
  const count = db.prepare('UPDATE terms SET traces = traces + 1 WHERE id = ?');
  const keep = db.prepare('UPDATE traces SET terms = ? WHERE id = ?');
  for (const { id, started_at, terms, passed } of rows.all()) {
    const value = passed === 'true' ? 'passed' : 'failed';
    const term = (find.get(value) as number | undefined) ?? Number(insert.run(value, value).lastInsertRowid);
    place.run(term, started_at, id);
    count.run(term);
    keep.run(encodeDeltas([...decodeDeltas(terms), term]), id);
  }
}
