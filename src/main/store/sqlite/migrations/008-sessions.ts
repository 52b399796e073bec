import { lineageKey } from '../../lookups/lineage-keys.js';
import type { Migration } from './migration.js';

/**
 * Calls of a session that came through a named run are found by the session alone. Their own key keeps the run; the list of
 * their keys gets one more.
 */
export const sessions: Migration = {
  id: 8,
  name: 'sessions',
  up: (db) => {
    const calls = db.prepare<[number], { id: number; session_key: string; lineage: Buffer }>(
      `SELECT id, session_key, lineage FROM calls WHERE id > ? AND session_key LIKE 'run:% session:%' ORDER BY id LIMIT 500`,
    );
    const add = db.prepare('INSERT OR IGNORE INTO lineage (key, call) VALUES (?, ?)');
    const note = db.prepare('UPDATE calls SET lineage = ? WHERE id = ?');
    // Page by page: a statement that is being stepped through keeps the connection from writing.
    for (let last = 0, page = calls.all(last); page.length > 0; page = calls.all(last)) {
      for (const { id, session_key, lineage } of page) {
        last = id;
        const key = lineageKey('session', session_key.slice(session_key.indexOf(' session:') + 1));
        add.run(key, id);
        note.run(Buffer.concat([lineage, key]), id);
      }
    }
  },
};
