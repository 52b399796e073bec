import type { Migration } from './migration.js';

/** What pays for a call of a language model: what a job has spent is a sum, also after it was cut off. */
export const callAccounts: Migration = {
  id: 20,
  name: 'call-accounts',
  up: (db) => {
    db.exec(`
      ALTER TABLE model_calls ADD COLUMN account BLOB;
      -- The most that attempts may have cost besides, of which nobody heard.
      ALTER TABLE model_calls ADD COLUMN unheard_usd REAL NOT NULL DEFAULT 0;
      CREATE INDEX model_calls_account ON model_calls (account) WHERE account IS NOT NULL;
    `);
  },
};
