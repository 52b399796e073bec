import type { Prepared, Statements } from '../sqlite/statements.js';

export const counterNames = ['stored', 'undecoded', 'failed', 'unknown_events'] as const;
export type CounterName = (typeof counterNames)[number];
/** Since the database was made: exchanges stored, of these undecoded and failed, and unknown stream events. */
export type Counts = Record<CounterName, number>;

const none = (): Counts => ({ stored: 0, undecoded: 0, failed: 0, unknown_events: 0 });

export class Counters {
  readonly #add: Prepared<{ name: string; by: number }, unknown>;
  readonly #all: Prepared<Record<never, never>, { key: string; value: string | number }>;
  #added = none();

  constructor(statements: Statements) {
    this.#add = statements.prepare<{ name: string; by: number }>()((sql, p) =>
      sql
        .insertInto('state')
        .values({ key: p('name'), value: p('by') })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((eb) => ({ value: eb('state.value', '+', eb.ref('excluded.value')) })),
        ),
    );
    this.#all = statements.prepare()((sql) =>
      sql
        .selectFrom('state')
        .select(['key', 'value'])
        .where('key', 'in', [...counterNames]),
    );
  }

  add(name: CounterName, by: number): void {
    this.#added[name] += by;
  }
  flush(): void {
    for (const name of counterNames) if (this.#added[name] !== 0) this.#add.run({ name, by: this.#added[name] });
    this.#added = none();
  }
  /** Returns what takes back everything added since. */
  mark(): () => void {
    const before = { ...this.#added };
    return () => {
      this.#added = before;
    };
  }
  read(): Counts {
    const counts = none();
    for (const { key, value } of this.#all.all({})) counts[key as CounterName] = Number(value);
    return counts;
  }
}
