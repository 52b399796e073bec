import type { Migration } from './migration.js';

/** That a tool call failed although nothing marks it so. Columns are added; what is stored is looked through afterwards. */
export const suspicions: Migration = {
  id: 10,
  name: 'suspicions',
  up: (db) => {
    db.exec(`
      -- 0 to 1; null: nothing says so, or somebody has decided (metadata: judged).
      ALTER TABLE tool_calls ADD COLUMN suspicion REAL;
      -- Why, in words.
      ALTER TABLE tool_calls ADD COLUMN suspicion_reason TEXT;
      CREATE INDEX tool_calls_suspect ON tool_calls (at, id) WHERE suspicion IS NOT NULL;
    `);
  },
};
