import type { Database } from 'better-sqlite3';

/** Pages of the index that one step writes: the store waits some milliseconds. */
const stepPages = 256;
/** A row of the index that nothing else has: titles, steps and tool calls begin far above, exchanges lie below zero. */
const spare = 0;

/**
 * Writes the text index anew, a step at a time, without the room that deleted words left in its pages: words are taken
 * out where they stand, and only such a rewriting makes the pages free (sqlite.org/fts5.html, the 'merge' command).
 * @param begin the first step of a tidying
 */
export function tidyTexts(db: Database, begin: boolean): { more: boolean } {
  if (begin) {
    // FTS5 leaves an index of one segment alone, whatever is missing in it. This gives it a second one.
    db.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)').run(spare, 'x');
    db.prepare(`INSERT INTO texts (texts, rowid, text) VALUES ('delete', ?, ?)`).run(spare, 'x');
  }
  const changes = db.prepare('SELECT total_changes()').pluck();
  const before = changes.get() as number;
  // Below zero: all segments into one, not only where there are many.
  db.prepare(`INSERT INTO texts (texts, rank) VALUES ('merge', ?)`).run(begin ? -stepPages : stepPages);
  return { more: (changes.get() as number) - before >= 2 };
}
