import type { Prepared, Statements } from './statements.js';

/** Up to where the journal has been stored, in the journal's own words. */
export type JournalCursor = string;

const key = 'journal_cursor';

/** The journal's cursor, in the same database and transaction as what it vouches for. */
export class CursorState {
  readonly #get: Prepared<{ key: string }, { value: string | number }>;
  readonly #set: Prepared<{ key: string; value: string }, unknown>;

  constructor(statements: Statements) {
    this.#get = statements.prepare<{ key: string }>()((sql, p) =>
      sql.selectFrom('state').select('value').where('key', '=', p('key')),
    );
    this.#set = statements.prepare<{ key: string; value: string }>()((sql, p) =>
      sql
        .insertInto('state')
        .values({ key: p('key'), value: p('value') })
        .onConflict((conflict) => conflict.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') }))),
    );
  }

  get(): JournalCursor | null {
    const row = this.#get.get({ key });
    return row ? String(row.value) : null;
  }
  set(cursor: JournalCursor): void {
    this.#set.run({ key, value: cursor });
  }
}
