import type { Migration } from './migration.js';

/** The right to use a trace, every state it had, and what new traces get. Rows of before have none. */
export const consent: Migration = {
  id: 3,
  name: 'consent',
  up: (db) => {
    db.exec(`
      -- JSON; null: nobody said anything.
      ALTER TABLE traces ADD COLUMN consent TEXT;
      -- 1: said of this trace itself, 0: taken over from the trace it came of, or from consent_rules.
      ALTER TABLE traces ADD COLUMN consent_own INTEGER NOT NULL DEFAULT 0;

      -- Every state a consent ever had, in order.
      CREATE TABLE consent_events (
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        uid BLOB NOT NULL,
        at INTEGER NOT NULL,
        own INTEGER NOT NULL,
        consent TEXT,
        PRIMARY KEY (trace, uid)
      ) WITHOUT ROWID;

      -- Consents of traces that are opened from now on: 'session:<name>' of those of a run, '' of the others.
      CREATE TABLE consent_rules (
        key TEXT PRIMARY KEY,
        consent TEXT NOT NULL
      ) WITHOUT ROWID;

      -- Exchanges that belong to no trace, oldest first: those are deleted by themselves.
      CREATE INDEX exchanges_without_trace ON exchanges (started_at, id) WHERE trace IS NULL;
    `);
  },
};
