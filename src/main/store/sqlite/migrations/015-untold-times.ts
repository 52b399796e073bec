import type { Migration } from './migration.js';

/** 1 where the source of a trace told no times: those in its rows only keep their order. Trajectories of SWE-agent never had any. */
export const untoldTimes: Migration = {
  id: 15,
  name: 'untold times',
  up: (db) => {
    db.exec('ALTER TABLE traces ADD COLUMN undated INTEGER NOT NULL DEFAULT 0');
    db.exec(`UPDATE traces SET undated = 1 WHERE json_extract(source, '$.kind') = 'import:swe-agent'`);
  },
};
