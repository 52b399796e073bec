import type { Database } from 'better-sqlite3';

/** A statement with its values in order. */
export interface SqlStatement {
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint };
  iterate(...values: unknown[]): IterableIterator<unknown>;
}

/** Statements of a connection by their text, each prepared once. `?` is the next value, `?1` the first one wherever it stands. */
export type Sql = (text: string) => SqlStatement;

export function sqlOf(db: Database): Sql {
  const statements = new Map<string, SqlStatement>();
  return (text) => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statement = /\?\d/.test(text) ? numbered(db, text) : db.prepare<unknown[], unknown>(text);
      statements.set(text, statement);
    }
    return statement;
  };
}

/** better-sqlite3 takes numbered parameters for names. */
function numbered(db: Database, text: string): SqlStatement {
  const statement = db.prepare<[object], unknown>(text.replace(/\?(\d)/g, '@p$1'));
  const named = (values: unknown[]) => Object.fromEntries(values.map((value, index) => [`p${index + 1}`, value]));
  return {
    get: (...values) => statement.get(named(values)),
    all: (...values) => statement.all(named(values)),
    run: (...values) => statement.run(named(values)),
    iterate: (...values) => statement.iterate(named(values)),
  };
}
