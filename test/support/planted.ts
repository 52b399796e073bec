import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { packDictionary } from '../../src/main/store/codec/dictionary.js';

/** Looks for values that must not be there, in every way in which somebody would still find them. */

/** The value itself, URL-encoded, JSON-escaped, and in Base64 wherever in a longer text it stood. */
export function writtenAs(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // The first and the last characters also depend on what stands beside the value.
    return text.slice(shift === 0 ? 0 : shift + 1, bytes.length % 3 === (3 - shift) % 3 ? undefined : -4);
  });
  const escaped = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, encodeURIComponent(value), escaped, JSON.stringify(escaped).slice(1, -1), ...base64])];
}

export type Planted = Readonly<Record<string, string>>;

/** Names of the planted values that these bytes show. */
export function shownBy(bytes: Buffer | string, planted: Planted): string[] {
  return Object.entries(planted).flatMap(([name, value]) =>
    writtenAs(value).some((form) => bytes.includes(form)) ? [name] : [],
  );
}

/** Searches every file under the folder, byte by byte; answers `file: name` for each find. */
export function searchFiles(folder: string, planted: Planted): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      let bytes: Buffer;
      try {
        bytes = readFileSync(join(entry.parentPath, entry.name));
      } catch (error) {
        // The journal's segments and SQLite's files come and go while the engine runs.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
      return shownBy(bytes, planted).map((name) => `${entry.name}: ${name}`);
    });
}

/** Searches every value of every table, what is compressed unpacked; answers `table.column: name` for each find. */
export function searchDatabase(path: string, planted: Planted): { found: string[]; unpacked: number } {
  const db = new Database(path, { readonly: true });
  const found = new Set<string>();
  let unpacked = 0;
  try {
    // A full-text index has no rows to be read; the tables behind it do.
    const tables = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
      .pluck()
      .all() as string[];
    for (const table of tables) {
      for (const row of db.prepare(`SELECT * FROM "${table}"`).iterate() as Iterable<Record<string, unknown>>) {
        for (const [column, value] of Object.entries(row)) {
          const texts: (string | Buffer)[] = typeof value === 'string' ? [value] : [];
          if (Buffer.isBuffer(value)) {
            const opened = unpack(value);
            if (opened) unpacked += 1;
            texts.push(value, ...(opened ? [opened] : []));
          }
          for (const text of texts) for (const name of shownBy(text, planted)) found.add(`${table}.${column}: ${name}`);
        }
      }
    }
  } finally {
    db.close();
  }
  return { found: [...found], unpacked };
}

/** Compressed columns are bare zstd, or zstd behind one byte that says so. */
function unpack(bytes: Buffer): Buffer | null {
  for (const packed of [bytes, bytes.subarray(1)]) {
    if (packed.length < 4 || packed.readUInt32LE(0) !== 0xfd2fb528) continue;
    return zstdDecompressSync(packed, { dictionary: packDictionary });
  }
  return null;
}
