import { placesPerTrace } from '../schema.js';
import type { Migration } from './migration.js';

/**
 * Whether a time only keeps the order is known of each row. Where those of a trace were told and some of its rows came without
 * (2), it was known of the trace alone: such calls came in exchanges whose ids begin with no time, and their rows have the
 * call. Of a row that no call brought nothing tells where it came from: it stays without.
 */
export const untoldRows: Migration = {
  id: 22,
  name: 'untold rows',
  up: (db) => {
    const owned = (table: string) => {
      const range = `${table}.id >= u.id * ${placesPerTrace} AND ${table}.id < (u.id + 1) * ${placesPerTrace}`;
      return `UPDATE ${table} SET undated = 1 FROM (SELECT id, undated FROM traces WHERE undated > 0) AS u
        WHERE ${range} AND (u.undated = 1 OR ${table}.call IS NULL OR (SELECT c.undated FROM calls AS c WHERE c.id = ${table}.call) = 1)`;
    };
    db.exec(`
      ALTER TABLE calls ADD COLUMN undated INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE steps ADD COLUMN undated INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE tool_calls ADD COLUMN undated INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE decisions ADD COLUMN undated INTEGER NOT NULL DEFAULT 0;
      UPDATE calls SET undated = 1 WHERE id IN (
        SELECT c.id FROM traces AS u CROSS JOIN calls AS c ON c.trace = u.id
        WHERE u.undated > 0 AND (u.undated = 1 OR c.id IN (
          SELECT id FROM exchanges
          WHERE uid >= x'00000000000000000000000000000000' AND uid < x'00000000000100000000000000000000'
        ))
      );
      ${['steps', 'tool_calls', 'decisions'].map((table) => `${owned(table)};`).join('\n')}
      UPDATE traces SET undated = 0 WHERE undated = 2;
    `);
  },
};
