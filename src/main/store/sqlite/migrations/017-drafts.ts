import type { Migration } from './migration.js';

/**
 * What a reviewer has said of an item and not submitted yet, as JSON. And of two decisions that somebody settled by hand since, neither
 * is disputed any more.
 */
export const drafts: Migration = {
  id: 17,
  name: 'drafts',
  up: (db) => {
    db.exec(`
      ALTER TABLE queue_items ADD COLUMN draft BLOB;
      UPDATE queue_items SET disputed = 0, held = 0 WHERE disputed = 1 AND EXISTS (
        SELECT 1 FROM traces AS t WHERE t.id = queue_items.trace AND t.label IS NOT NULL AND t.reviewed_at > (
          SELECT max(o.submitted_at) FROM queue_items AS o
          WHERE o.queue = queue_items.queue AND o.trace = queue_items.trace AND o.pass <> 'repeat'));
    `);
  },
};
