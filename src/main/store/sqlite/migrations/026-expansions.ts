import type { Migration } from './migration.js';

/** Reasoning that models wrote of calls afterwards: one a call, the newest. */
export const expansions: Migration = {
  id: 26,
  name: 'expansions',
  up: (db) => {
    db.exec(`
      CREATE TABLE expansions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        call INTEGER NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        -- The expansion without ids and time (JSON).
        data BLOB NOT NULL
      );
      CREATE INDEX expansions_by_trace ON expansions (trace, id);
    `);
  },
};
