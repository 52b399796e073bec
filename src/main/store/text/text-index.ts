import type { Database, Statement } from 'better-sqlite3';
import { separated } from './words.js';

/** Of a longer text only the beginning can be searched: one hostile result must not hold the writer for seconds. */
const maxIndexedChars = 200_000;

interface Entry {
  row: number;
  text: string;
  /** The text is taken out, after whatever was put in before. */
  removes?: true;
}

/**
 * Writes the full-text indexes. Entries wait until the end of the transaction and go in by ascending row: FTS5 writes a
 * new segment whenever a row is smaller than the one before, and traces grow interleaved.
 *
 * Removing needs the very text that went in, so what is indexed of a row (here, `words.ts`, `step-text.ts`) may change
 * only together with a migration that fills the index anew.
 */
export class TextIndex {
  readonly #insert: Statement;
  readonly #remove: Statement;
  #waiting: Entry[] = [];

  constructor(db: Database) {
    // FTS5's own commands; Kysely has no words for them.
    this.#insert = db.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)');
    this.#remove = db.prepare(`INSERT INTO texts (texts, rowid, text) VALUES ('delete', ?, ?)`);
  }

  add(row: number, text: string): void {
    const indexed = indexedText(text);
    if (indexed !== '') this.#waiting.push({ row, text: indexed });
  }

  remove(row: number, text: string): void {
    const indexed = indexedText(text);
    if (indexed !== '') this.#remove.run(row, indexed);
  }

  /** Puts another text in a row's place; `before` may still wait to be written. */
  replace(row: number, before: string, after: string): void {
    const old = indexedText(before);
    if (old !== '') this.#waiting.push({ row, text: old, removes: true });
    this.add(row, after);
  }

  flush(): void {
    // The sort is stable: what happened to one row happens in its order.
    const entries = this.#waiting.sort((a, b) => a.row - b.row);
    for (const { row, text, removes } of entries) (removes ? this.#remove : this.#insert).run(row, text);
    this.#waiting = [];
  }

  /** Returns what drops everything that was added since. */
  mark(): () => void {
    const length = this.#waiting.length;
    return () => {
      this.#waiting.length = length;
    };
  }
}

function indexedText(text: string): string {
  return separated(text.length > maxIndexedChars ? text.slice(0, maxIndexedChars) : text);
}
