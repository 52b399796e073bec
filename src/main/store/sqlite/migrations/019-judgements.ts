import type { Migration } from './migration.js';

/** What judges said of traces with what they were sent, and what measuring them came to. */
export const judgements: Migration = {
  id: 19,
  name: 'judgements',
  up: (db) => {
    db.exec(`
      CREATE TABLE judgements (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        rubric TEXT NOT NULL,
        version TEXT NOT NULL,
        profile TEXT NOT NULL,
        model TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        -- Share of the scale, 0 to 1; null where it has no score.
        share REAL,
        verdict TEXT,
        -- The judgement without ids and time, and the bodies that were sent (JSON).
        data BLOB NOT NULL,
        sent BLOB NOT NULL
      );
      CREATE INDEX judgements_by_trace ON judgements (trace, id);
      CREATE INDEX judgements_by_rubric ON judgements (rubric, id);

      CREATE TABLE judge_probes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        profile TEXT NOT NULL,
        rubric TEXT NOT NULL,
        version TEXT NOT NULL,
        at INTEGER NOT NULL,
        result BLOB NOT NULL
      );
      CREATE INDEX judge_probes_by_kind ON judge_probes (rubric, kind, id);
    `);
  },
};
