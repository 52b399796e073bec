import type { Migration } from './migration.js';

/** Where a message is shown and who holds an option list, so that a text that must change is changed wherever it stands. */
export const erasure: Migration = {
  id: 5,
  name: 'erasure',
  up: (db) => {
    db.exec(`
      CREATE INDEX steps_by_document ON steps (document) WHERE document IS NOT NULL;
      CREATE INDEX tool_calls_by_document ON tool_calls (result_document) WHERE result_document IS NOT NULL;
      CREATE INDEX decisions_by_options ON decisions (options);

      -- Traces that the rewriting under way, or the last one, has touched.
      CREATE TABLE rewritten_traces (trace INTEGER PRIMARY KEY);
    `);
  },
};
