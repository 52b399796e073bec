import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import { type SavedFilter, savedFilterSchema, toIso } from '../../../shared/model/index.js';
import { parseQuery } from '../../../shared/query/index.js';
import { uidBytes, uidOrNull, uidText } from '../codec/uid.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

export type NewFilter = Pick<SavedFilter, 'scope' | 'name' | 'query'>;

const newFilterSchema = savedFilterSchema.pick({ scope: true, name: true, query: true });

/** Saves and deletes filters; a name within a scope is taken over by the newer one. */
export class SavedFilterCommands {
  readonly #insert: Prepared<Schema['saved_filters'], unknown>;
  readonly #find: Prepared<{ scope: string; name: string }, { uid: Buffer; created_at: number }>;
  readonly #update: Prepared<{ uid: Buffer; query: string }, unknown>;
  readonly #delete: Prepared<{ uid: Buffer }, unknown>;

  constructor(statements: Statements) {
    this.#insert = statements.prepare<Schema['saved_filters']>()((sql, p) =>
      sql.insertInto('saved_filters').values({
        uid: p('uid'),
        scope: p('scope'),
        name: p('name'),
        query: p('query'),
        created_at: p('created_at'),
      }),
    );
    this.#find = statements.prepare<{ scope: string; name: string }>()((sql, p) =>
      sql
        .selectFrom('saved_filters')
        .select(['uid', 'created_at'])
        .where('scope', '=', p('scope'))
        .where('name', '=', p('name')),
    );
    this.#update = statements.prepare<{ uid: Buffer; query: string }>()((sql, p) =>
      sql
        .updateTable('saved_filters')
        .set({ query: p('query') })
        .where('uid', '=', p('uid')),
    );
    this.#delete = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.deleteFrom('saved_filters').where('uid', '=', p('uid')),
    );
  }

  /** @throws SluiceError `validation_failed`, `query_invalid` */
  save(filter: NewFilter, now: number): SavedFilter {
    const checked = newFilterSchema.safeParse(filter);
    if (!checked.success) throw new SluiceError('validation_failed', 'The filter is not valid.', checked.error.issues);
    const { scope, name, query } = checked.data;
    parseQuery(query, scope);
    const existing = this.#find.get({ scope, name });
    const uid = existing?.uid ?? uidBytes(uuidv7());
    const created_at = existing?.created_at ?? now;
    if (existing) this.#update.run({ uid, query });
    else this.#insert.run({ uid, scope, name, query, created_at });
    return { filter_id: uidText(uid), scope, name, query, created_at: toIso(created_at) };
  }

  delete(filterId: string): boolean {
    const uid = uidOrNull(filterId);
    return uid !== null && this.#delete.run({ uid }).changes > 0;
  }
}
