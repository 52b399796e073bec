import { uidOrNull } from '../codec/uid.js';
import { findingsPerExchange } from '../findings/finding-rows.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

/** Which entities a trace held that the policy of that time wanted to keep out of exports. */
export class DroppedEntities {
  readonly #any: Prepared<Record<never, never>, { id: number }>;
  readonly #ofTrace: Prepared<{ uid: Buffer }, { entity: string }>;

  constructor(statements: Statements) {
    this.#any = statements.prepare<Record<never, never>>()((sql) =>
      sql.selectFrom('finding_groups').select('id').where('action', '=', 'drop').where('places', '>', 0).limit(1),
    );
    this.#ofTrace = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('traces as t')
        .innerJoin('exchanges as x', 'x.trace', 't.id')
        .innerJoin('findings as f', (join) =>
          join
            .on((eb) => eb('f.id', '>=', eb('x.id', '*', eb.lit(findingsPerExchange))))
            .on((eb) =>
              eb('f.id', '<=', eb(eb('x.id', '*', eb.lit(findingsPerExchange)), '+', eb.lit(findingsPerExchange - 1))),
            ),
        )
        .innerJoin('finding_groups as g', 'g.id', 'f.finding_group')
        .select('g.entity')
        .distinct()
        .where('t.uid', '=', p('uid'))
        .where('g.action', '=', 'drop'),
    );
  }

  of(traceId: string): string[] {
    const uid = uidOrNull(traceId);
    // Most projects drop nothing: then no trace is looked through.
    if (uid === null || this.#any.get({}) === undefined) return [];
    return this.#ofTrace.all({ uid }).map(({ entity }) => entity);
  }
}
