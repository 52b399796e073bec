import type { Migration } from './migration.js';

/** Whether a call's request holds the whole conversation. A column is added: no row is read or written. */
export const histories: Migration = {
  id: 7,
  name: 'histories',
  up: (db) => {
    db.exec(`
      -- 0: only what was new was sent, or told of; null: from before this was kept.
      ALTER TABLE calls ADD COLUMN history_complete INTEGER;
    `);
  },
};
