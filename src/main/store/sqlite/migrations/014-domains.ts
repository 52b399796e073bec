import type { Migration } from './migration.js';

/** The field of work of a trace with its evidence, as JSON; null where there is none. The next run of the scoring fills it in. */
export const domains: Migration = {
  id: 14,
  name: 'domains',
  up: (db) => {
    db.exec('ALTER TABLE quality ADD COLUMN domain TEXT');
  },
};
