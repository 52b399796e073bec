import type { Migration } from './migration.js';

/**
 * Whether times of a trace only keep its order: 1 where its source told none, 2 where those of the trace were told and some of
 * its rows came without. Such rows came in exchanges whose ids begin with no time.
 */
export const untoldTimes: Migration = {
  id: 15,
  name: 'untold times',
  up: (db) => {
    db.exec(`
      ALTER TABLE traces ADD COLUMN undated INTEGER NOT NULL DEFAULT 0;
      CREATE TEMP TABLE untold AS
        SELECT id, trace FROM exchanges
        WHERE uid >= x'00000000000000000000000000000000' AND uid < x'00000000000100000000000000000000'
          AND trace IS NOT NULL
          -- These tell again what another source told.
          AND id NOT IN (SELECT exchange FROM witnesses);
      UPDATE traces SET undated = 1 WHERE id IN (SELECT trace FROM untold);
      UPDATE traces SET undated = 2 WHERE undated = 1 AND EXISTS (
        SELECT 1 FROM exchanges AS x WHERE x.trace = traces.id AND x.id NOT IN (SELECT id FROM untold)
      );
      -- Of these only what opens a trace comes without, and that has no rows.
      UPDATE traces SET undated = 0 WHERE undated = 2 AND json_extract(source, '$.kind') = 'import:langfuse';
      DROP TABLE untold;
    `);
  },
};
