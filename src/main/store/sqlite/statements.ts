import type { Database, Statement } from 'better-sqlite3';
import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Schema } from './schema.js';

/**
 * Writes parameters as `+?`. Of a bare `?` SQLite's planner looks at the value to see if it is a small number, and then
 * plans a statement with a join or a LIMIT anew whenever another value is bound: five times the cost of running it.
 */
class StableQueryCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

/** Builds SQL and runs nothing: better-sqlite3 runs it, synchronously, as a statement that is prepared once. */
export const sqlBuilder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new StableQueryCompiler(),
  },
});
export type SqlBuilder = typeof sqlBuilder;

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Stands for a value that is given at run time. */
export type Parameter<P> = <K extends keyof P & string>(name: K) => P[K];

export interface Prepared<P, R> {
  run(parameters: P): { changes: number; id: number };
  get(parameters: P): R | undefined;
  all(parameters: P): R[];
  /** Row by row, so that not all lie in memory; the connection takes nothing else until it is through. */
  iterate(parameters: P): IterableIterator<R>;
}

type Runnable<R> = Compilable<R> | RawBuilder<R>;

/** Prepared statements of one connection, by their SQL text. */
export class Statements {
  readonly #db: Database;
  readonly #cache = new Map<string, Statement<unknown[], unknown>>();

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * A statement whose SQL is built once; Kysely's compiling costs more than running most of them. `P` names the
   * parameters, `R` is inferred from the query.
   */
  prepare<P extends object = Record<never, never>>() {
    return <R>(build: (sql: SqlBuilder, parameter: Parameter<P>) => Compilable<R>): Prepared<P, R> => {
      const parameter: Parameter<P> = (name) => new Placeholder(name) as never;
      const { sql, parameters } = build(sqlBuilder, parameter).compile();
      const statement = this.#db.prepare<unknown[], R>(sql);
      const bound = parameters.map((value) => (value instanceof Placeholder ? value.name : null));
      const bind = (bindings: P): unknown[] =>
        bound.map((name, index) => (name === null ? parameters[index] : bindings[name as keyof P]));
      return {
        run: (bindings) => {
          const { changes, lastInsertRowid } = statement.run(bind(bindings));
          return { changes, id: Number(lastInsertRowid) };
        },
        get: (bindings) => statement.get(bind(bindings)),
        all: (bindings) => statement.all(bind(bindings)),
        iterate: (bindings) => statement.iterate(bind(bindings)),
      };
    };
  }

  /** Runs a query that was put together for this one request; its statement is kept for the next like it. */
  all<R>(query: Runnable<R>): R[] {
    const compiled = query.compile(sqlBuilder);
    return this.#statement<R>(compiled).all([...compiled.parameters]);
  }
  get<R>(query: Runnable<R>): R | undefined {
    const compiled = query.compile(sqlBuilder);
    return this.#statement<R>(compiled).get([...compiled.parameters]);
  }

  #statement<R>(compiled: CompiledQuery): Statement<unknown[], R> {
    const cached = this.#cache.get(compiled.sql);
    if (cached) {
      // Newest last: what is dropped below is what was not asked for longest.
      this.#cache.delete(compiled.sql);
      this.#cache.set(compiled.sql, cached);
      return cached as Statement<unknown[], R>;
    }
    const statement = this.#db.prepare<unknown[], R>(compiled.sql);
    this.#cache.set(compiled.sql, statement as Statement<unknown[], unknown>);
    const oldest = this.#cache.keys().next().value;
    if (this.#cache.size > 200 && oldest !== undefined) this.#cache.delete(oldest);
    return statement;
  }
}
