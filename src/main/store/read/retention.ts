import { type SqlBool, sql } from 'kysely';
import type { OldExchange, OldTrace, RetentionGuard, StorageUse } from '../../../shared/model/index.js';
import { uidText } from '../codec/uid.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';

/** A place in the order of time, the oldest first. */
export interface OldPlace {
  at: number;
  id: number;
}

/** The condition over `traces as t` that a trace may go; the writer asks it again. */
export function mayGo({ ended_before, idle_before, keep_labelled }: RetentionGuard) {
  const idle = sql<SqlBool>`t.ended_at < ${ended_before} AND (t.completion_status <> 'running' OR t.ended_at < ${idle_before})`;
  return keep_labelled ? sql<SqlBool>`${idle} AND NOT ${reviewed}` : idle;
}
const reviewed = sql<SqlBool>`(t.label IS NOT NULL OR t.rating IS NOT NULL OR t.tags <> '[]' OR t.note <> '')`;

/** What is old, page by page. */
export class RetentionReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Traces that may go; `next` null where nothing follows. */
  traces(guard: RetentionGuard, after: OldPlace, limit: number): { items: OldTrace[]; next: OldPlace | null } {
    const rows = this.#statements.all(
      sqlBuilder
        .selectFrom('traces as t')
        .select(['t.id', 't.uid', 't.started_at', 't.ended_at'])
        .select((eb) =>
          eb
            .selectFrom('exchanges as x')
            .select((count) => count.fn.countAll<number>().as('n'))
            .whereRef('x.trace', '=', 't.id')
            .$asScalar()
            .$notNull()
            .as('exchanges'),
        )
        .where(sql<SqlBool>`(t.started_at, t.id) > (${after.at}, ${after.id})`)
        // What began later was seen later.
        .where('t.started_at', '<', guard.ended_before)
        .where(mayGo(guard))
        .orderBy('t.started_at')
        .orderBy('t.id')
        .limit(limit),
    );
    const last = rows.at(-1);
    return {
      items: rows.map(({ id: _, uid, ...row }) => ({ trace_id: uidText(uid), ...row })),
      next: rows.length < limit || last === undefined ? null : { at: last.started_at, id: last.id },
    };
  }

  /** Exchanges of no trace that began before. */
  exchanges(before: number, after: OldPlace, limit: number): { items: OldExchange[]; next: OldPlace | null } {
    const rows = this.#statements.all(
      sqlBuilder
        .selectFrom('exchanges')
        .select(['id', 'uid', 'started_at'])
        .where('trace', 'is', null)
        .where(sql<SqlBool>`(started_at, id) > (${after.at}, ${after.id})`)
        .where('started_at', '<', before)
        .orderBy('started_at')
        .orderBy('id')
        .limit(limit),
    );
    const last = rows.at(-1);
    return {
      items: rows.map(({ uid, started_at }) => ({ exchange_id: uidText(uid), started_at })),
      next: rows.length < limit || last === undefined ? null : { at: last.started_at, id: last.id },
    };
  }

  /** Traces that stay only because they were reviewed. */
  keptLabelled(guard: RetentionGuard): number {
    if (!guard.keep_labelled) return 0;
    return this.#count(
      sql`FROM traces AS t WHERE t.started_at < ${guard.ended_before} AND ${mayGo({ ...guard, keep_labelled: false })} AND ${reviewed}`,
    );
  }

  finishedJobs(before: number): number {
    return this.#count(sql`FROM jobs WHERE ${finishedBefore(before)}`);
  }

  use(): StorageUse {
    const [page, pages, free] = ['page_size', 'page_count', 'freelist_count'].map(
      (name) =>
        this.#statements.get(sql<{ n: number }>`SELECT ${sql.ref(name)} AS n FROM ${sql.ref(`pragma_${name}`)}`)?.n ??
        0,
    ) as [number, number, number];
    return { bytes: page * pages, free_bytes: page * free, exchanges: this.#count(sql`FROM exchanges`) };
  }

  #count(of: ReturnType<typeof sql>): number {
    return this.#statements.get(sql<{ n: number }>`SELECT count(*) AS n ${of}`)?.n ?? 0;
  }
}

/** Records of exports stay: they say where datasets lie, which erasure has to know. */
export function finishedBefore(before: number) {
  return sql<SqlBool>`created_at < ${before} AND json_extract(job, '$.kind') <> 'export'
    AND json_extract(job, '$.state') NOT IN ('queued', 'running')`;
}
