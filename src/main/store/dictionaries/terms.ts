import type { Prepared, Statements } from '../sqlite/statements.js';

export const termScopes = ['traces', 'tool_calls', 'exchanges'] as const;
export type TermScope = (typeof termScopes)[number];

/** Beyond this many the oldest are looked up again. */
const cacheSize = 20_000;

interface Added {
  term: number;
  scope: TermScope;
  by: number;
}

/** Case is folded for comparing: `model:GPT*` finds gpt-5. */
export function fold(value: string): string {
  return value.toLowerCase();
}

/**
 * The dictionary of values that lists are filtered by, with the number of rows that have each: the filters' indexes
 * hold small numbers, completion has its counts, and the finder knows which filter is the rarest. Writer only.
 */
export class Terms {
  readonly #cache = new Map<string, number>();
  readonly #find: Prepared<{ field: string; folded: string; value: string }, { id: number }>;
  readonly #insert: Prepared<{ field: string; folded: string; value: string }, unknown>;
  readonly #count: Record<TermScope, Prepared<{ id: number; by: number }, unknown>>;
  readonly #deleteUnused: Prepared<{ id: number }, unknown>;
  #added: Added[] = [];

  constructor(statements: Statements) {
    this.#find = statements.prepare<{ field: string; folded: string; value: string }>()((sql, p) =>
      sql
        .selectFrom('terms')
        .select('id')
        .where('field', '=', p('field'))
        .where('folded', '=', p('folded'))
        .where('value', '=', p('value')),
    );
    this.#insert = statements.prepare<{ field: string; folded: string; value: string }>()((sql, p) =>
      sql
        .insertInto('terms')
        .values({ field: p('field'), folded: p('folded'), value: p('value'), traces: 0, tool_calls: 0, exchanges: 0 }),
    );
    const count = (scope: TermScope) =>
      statements.prepare<{ id: number; by: number }>()((sql, p) =>
        sql
          .updateTable('terms')
          .set((eb) => ({ [scope]: eb(scope, '+', p('by')) }))
          .where('id', '=', p('id')),
      );
    this.#count = { traces: count('traces'), tool_calls: count('tool_calls'), exchanges: count('exchanges') };
    this.#deleteUnused = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .deleteFrom('terms')
        .where('id', '=', p('id'))
        .where('traces', '<=', 0)
        .where('tool_calls', '<=', 0)
        .where('exchanges', '<=', 0),
    );
  }

  id(field: string, value: string): number {
    const key = `${field}\n${value}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const row = { field, folded: fold(value), value };
    const id = this.#find.get(row)?.id ?? this.#insert.run(row).id;
    if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value as string);
    this.#cache.set(key, id);
    return id;
  }

  count(scope: TermScope, term: number, by: number): void {
    this.#added.push({ term, scope, by });
  }

  /** Values changed under their ids. */
  forget(): void {
    this.#cache.clear();
  }

  /** Writes the counts that changed since the last time, and deletes terms that no row has any more. */
  flush(): void {
    const sums = new Map<string, Added>();
    const taken = new Set<number>();
    for (const { term, scope, by } of this.#added) {
      const key = `${scope} ${term}`;
      const sum = sums.get(key);
      if (sum) sum.by += by;
      else sums.set(key, { term, scope, by });
      if (by < 0) taken.add(term);
    }
    this.#added = [];
    for (const { term, scope, by } of sums.values()) if (by !== 0) this.#count[scope].run({ id: term, by });
    let deleted = 0;
    for (const id of taken) deleted += this.#deleteUnused.run({ id }).changes;
    if (deleted > 0) this.#cache.clear();
  }

  /** Returns what drops everything counted since, and every id that a rolled back insert may have given. */
  mark(): () => void {
    const length = this.#added.length;
    return () => {
      this.#added.length = length;
      this.#cache.clear();
    };
  }
}
