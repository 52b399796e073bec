import type { Migration } from './migration.js';

/**
 * Which state of a trace is meant, what a verdict was given by, and what tests said. Columns are added and a table renamed:
 * no row is read or written, so it takes the same moment at any size.
 */
export const revisions: Migration = {
  id: 6,
  name: 'revisions',
  up: (db) => {
    db.exec(`
      -- Grows with every change of what the trace holds, never with what people say of it.
      ALTER TABLE traces ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
      -- The revision that the review was made of; null: from before there were revisions.
      ALTER TABLE traces ADD COLUMN reviewed_revision INTEGER;
      -- JSON of the last run of its tests; null: nothing ran.
      ALTER TABLE traces ADD COLUMN qa_results TEXT;

      ALTER TABLE scores ADD COLUMN rubric_id TEXT;
      ALTER TABLE scores ADD COLUMN rubric_version TEXT;
      ALTER TABLE scores ADD COLUMN judge_model TEXT;
      -- Of the prompt that the judge was given, lowercase hex SHA-256.
      ALTER TABLE scores ADD COLUMN prompt_hash TEXT;
      ALTER TABLE scores ADD COLUMN cost_usd REAL;
      -- The revision that was judged; null: from before there were revisions.
      ALTER TABLE scores ADD COLUMN trace_revision INTEGER;
      ALTER TABLE scores ADD COLUMN confidence REAL;

      -- Audit means the log of what was done; these are the numbers of capture health.
      ALTER TABLE audit_counts RENAME TO capture_counts;
    `);
  },
};
