import type { Migration } from './migration.js';

/** Calls of language models: their figures stay; what was sent and answered is emptied by any erasure or stricter policy. */
export const modelCalls: Migration = {
  id: 18,
  name: 'model-calls',
  up: (db) => {
    db.exec(`
      CREATE TABLE model_calls (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        profile TEXT NOT NULL,
        outcome TEXT NOT NULL,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cost_usd REAL,
        -- JSON: host, model, purpose, reason, attempts, seconds.
        data TEXT NOT NULL
      );
      CREATE INDEX model_calls_at ON model_calls (at);
      CREATE INDEX model_calls_profile ON model_calls (profile, at);

      CREATE TABLE model_replies (
        call INTEGER PRIMARY KEY REFERENCES model_calls (id) ON DELETE CASCADE,
        -- SHA-256 of what decides the answer; null where no later call may have it.
        key BLOB UNIQUE,
        content BLOB NOT NULL
      );
    `);
  },
};
