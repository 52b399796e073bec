import type { Database, Statement } from 'better-sqlite3';

export const textTables = ['trace_text', 'tool_text', 'exchange_text'] as const;
export type TextTable = (typeof textTables)[number];

/** Of a longer text only the beginning can be searched: one hostile result must not hold the writer for seconds. */
const maxIndexedChars = 200_000;

interface Entry {
  row: number;
  text: string;
}

/**
 * Writes the full-text indexes. Entries wait until the end of the transaction and go in by ascending row: FTS5 writes a
 * new segment whenever a row is smaller than the one before, and traces grow interleaved.
 *
 * Removing needs the very text that went in, so what is indexed of a row (`indexedText`, `step-text.ts`) may change
 * only together with a migration that fills the index anew.
 */
export class TextIndex {
  readonly #insert: Record<TextTable, Statement>;
  readonly #remove: Record<TextTable, Statement>;
  readonly #waiting: Record<TextTable, Entry[]> = { trace_text: [], tool_text: [], exchange_text: [] };

  constructor(db: Database) {
    // FTS5's own commands; Kysely has no words for them.
    const perTable = (sql: (table: TextTable) => string) =>
      Object.fromEntries(textTables.map((table) => [table, db.prepare(sql(table))])) as Record<TextTable, Statement>;
    this.#insert = perTable((table) => `INSERT INTO ${table} (rowid, text) VALUES (?, ?)`);
    this.#remove = perTable((table) => `INSERT INTO ${table} (${table}, rowid, text) VALUES ('delete', ?, ?)`);
  }

  add(table: TextTable, row: number, text: string): void {
    const indexed = indexedText(text);
    if (indexed !== '') this.#waiting[table].push({ row, text: indexed });
  }

  remove(table: TextTable, row: number, text: string): void {
    const indexed = indexedText(text);
    if (indexed !== '') this.#remove[table].run(row, indexed);
  }

  flush(): void {
    for (const table of textTables) {
      const entries = this.#waiting[table].sort((a, b) => a.row - b.row);
      for (const { row, text } of entries) this.#insert[table].run(row, text);
      this.#waiting[table] = [];
    }
  }

  /** Returns what drops everything that was added since. */
  mark(): () => void {
    const lengths = textTables.map((table) => this.#waiting[table].length);
    return () => {
      for (const [index, table] of textTables.entries()) this.#waiting[table].length = lengths[index] as number;
    };
  }
}

function indexedText(text: string): string {
  const cut = text.length > maxIndexedChars ? text.slice(0, maxIndexedChars) : text;
  // FTS5 reads a text up to its first NUL.
  return cut.includes('\0') ? cut.replaceAll('\0', ' ') : cut;
}
