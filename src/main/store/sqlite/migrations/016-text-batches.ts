import type { Migration } from './migration.js';

/**
 * The text index gathers so many bytes of words before it writes a segment, where it was one million: an import of long texts wrote
 * many small ones and then merged them, again and again.
 */
export const textBatches: Migration = {
  id: 16,
  name: 'text-batches',
  up: (db) => {
    db.exec(`INSERT INTO texts (texts, rank) VALUES ('hashsize', 8000000)`);
  },
};
