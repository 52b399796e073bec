import type { Migration } from './migration.js';

/** What judges said of two traces beside each other, with what they were sent. */
export const pairJudgements: Migration = {
  id: 23,
  name: 'pair-judgements',
  up: (db) => {
    db.exec(`
      CREATE TABLE pair_judgements (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        a INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        b INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        rubric TEXT NOT NULL,
        profile TEXT NOT NULL,
        model TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        -- The judgement without ids and time, and the bodies that were sent (JSON).
        data BLOB NOT NULL,
        sent BLOB NOT NULL
      );
      CREATE INDEX pair_judgements_by_a ON pair_judgements (a, id);
      CREATE INDEX pair_judgements_by_b ON pair_judgements (b, id);
      CREATE INDEX pair_judgements_by_rubric ON pair_judgements (rubric, id);
    `);
  },
};
