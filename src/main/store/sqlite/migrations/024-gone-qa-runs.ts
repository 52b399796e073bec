import type { Migration } from './migration.js';

/** Runs of tests that went with their traces, until what they wrote is out of the logs of their jobs too. */
export const goneQaRuns: Migration = {
  id: 24,
  name: 'gone-qa-runs',
  up: (db) => {
    db.exec(`
      CREATE TABLE gone_qa_runs (
        uid BLOB PRIMARY KEY,
        job BLOB
      ) WITHOUT ROWID;
      CREATE TRIGGER qa_runs_gone AFTER DELETE ON qa_runs WHEN old.trace IS NOT NULL
        BEGIN INSERT OR IGNORE INTO gone_qa_runs (uid, job) VALUES (old.uid, old.job); END;
    `);
  },
};
