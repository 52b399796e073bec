import type { FindingFilter } from '../../../shared/model/index.js';
import { uidOrNull } from '../codec/uid.js';
import { findingValue } from '../findings/finding-placement.js';
import { findingsPerExchange } from '../findings/finding-rows.js';
import type { Schema } from '../sqlite/schema.js';
import { type Prepared, type Statements, sqlBuilder } from '../sqlite/statements.js';

export type FindingGroup = Omit<Schema['finding_groups'], 'id'> & { id: number };
export type FindingRow = Schema['findings'];
type Before = { before: number; limit: number };

export const beginning = Number.MAX_SAFE_INTEGER;
export const facets = ['entity', 'placement', 'detector', 'band'] as const;

/**
 * Rows of findings under a filter, page by page. A filter by kind reads each of its kinds newest first and merges them:
 * kinds are few, however many findings there are.
 */
export class FindingRowPages {
  readonly #statements: Statements;
  readonly #all: Prepared<Before, FindingRow>;
  readonly #ofGroup: Prepared<Before & { group: number }, FindingRow>;
  readonly #ofValue: Prepared<Before & { value: string }, FindingRow>;
  readonly #ofTrace: Prepared<Before & { trace: number; exchange: number }, FindingRow>;
  readonly #typedOfTrace: Prepared<Before & { trace: number }, FindingRow>;
  readonly #traceId: Prepared<{ uid: Buffer }, { id: number }>;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#all = statements.prepare<Before>()((sql, p) =>
      sql.selectFrom('findings').selectAll().where('id', '<', p('before')).orderBy('id', 'desc').limit(p('limit')),
    );
    this.#ofGroup = statements.prepare<Before & { group: number }>()((sql, p) =>
      sql
        .selectFrom('findings')
        .selectAll()
        .where('finding_group', '=', p('group'))
        .where('id', '<', p('before'))
        .orderBy('id', 'desc')
        .limit(p('limit')),
    );
    this.#ofValue = statements.prepare<Before & { value: string }>()((sql, p) =>
      sql
        .selectFrom('findings')
        .selectAll()
        .where('value', '=', p('value'))
        .where('value', 'is not', null)
        .where('id', '<', p('before'))
        .orderBy('id', 'desc')
        .limit(p('limit')),
    );
    this.#ofTrace = statements.prepare<Before & { trace: number; exchange: number }>()((sql, p) =>
      sql
        .selectFrom('exchanges as x')
        .innerJoin('findings as f', (join) =>
          join
            .on((eb) => eb('f.id', '>=', eb('x.id', '*', eb.lit(findingsPerExchange))))
            .on((eb) =>
              eb('f.id', '<=', eb(eb('x.id', '*', eb.lit(findingsPerExchange)), '+', eb.lit(findingsPerExchange - 1))),
            ),
        )
        .select(['f.id', 'f.finding_group', 'f.value', 'f.places'])
        .where('x.trace', '=', p('trace'))
        .where('x.id', '<=', p('exchange'))
        .where('f.id', '<', p('before'))
        .orderBy('x.id', 'desc')
        .orderBy('f.id', 'desc')
        .limit(p('limit')),
    );
    this.#typedOfTrace = statements.prepare<Before & { trace: number }>()((sql, p) =>
      sql
        .selectFrom('typed_findings as t')
        .innerJoin('findings as f', 'f.id', 't.id')
        .select(['f.id', 'f.finding_group', 'f.value', 'f.places'])
        .where('t.trace', '=', p('trace'))
        .where('t.id', '<', p('before'))
        .orderBy('t.id', 'desc')
        .limit(p('limit')),
    );
    this.#traceId = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select('id').where('uid', '=', p('uid')),
    );
  }

  /** Everything that findings have in common, with its number of places. */
  groups(): FindingGroup[] {
    return this.#statements.all(
      sqlBuilder.selectFrom('finding_groups').selectAll().where('places', '>', 0),
    ) as FindingGroup[];
  }

  /** The rows under a filter before a row, last stored first. `groups` by their ids. */
  rows(filter: FindingFilter, groups: ReadonlyMap<number, FindingGroup>, before: number, limit: number): FindingRow[] {
    const value = filter.replacement === undefined ? null : findingValue(filter.replacement);
    // A mask names its entity and no value.
    const masked = filter.replacement !== undefined && value === null ? entityOf(filter.replacement) : undefined;
    const wanted = [...groups.values()].filter(
      (group) => matches(group, filter) && (masked === undefined || group.entity === masked),
    );
    const ids = new Set(wanted.map(({ id }) => id));
    const narrowed = ids.size < groups.size;
    const fits = (row: FindingRow) =>
      ids.has(row.finding_group) && (filter.replacement === undefined || row.value === value);
    if (ids.size === 0) return [];
    if (filter.trace_id !== undefined) return this.#rowsOfTrace(filter.trace_id, fits, before, limit);
    if (value !== null)
      return gather((at) => this.#ofValue.all({ value, before: at, limit: 500 }), fits, before, limit);
    if (!narrowed && masked === undefined) return this.#all.all({ before, limit });
    return wanted
      .flatMap((group) =>
        gather((at) => this.#ofGroup.all({ group: group.id, before: at, limit }), fits, before, limit),
      )
      .sort((a, b) => b.id - a.id)
      .slice(0, limit);
  }

  #rowsOfTrace(traceId: string, fits: (row: FindingRow) => boolean, before: number, limit: number): FindingRow[] {
    const uid = uidOrNull(traceId);
    const trace = (uid && this.#traceId.get({ uid })?.id) ?? null;
    if (trace === null) return [];
    const captured =
      before < 0
        ? []
        : gather(
            (at) =>
              this.#ofTrace.all({ trace, exchange: Math.floor(at / findingsPerExchange), before: at, limit: 500 }),
            fits,
            before,
            limit,
          );
    const left = limit - captured.length;
    if (left === 0) return captured;
    const typed = gather(
      (at) => this.#typedOfTrace.all({ trace, before: at, limit: 500 }),
      fits,
      Math.min(before, 0),
      left,
    );
    return [...captured, ...typed];
  }
}

export function matches(group: FindingGroup, filter: Pick<FindingFilter, (typeof facets)[number]>): boolean {
  return facets.every((facet) => filter[facet] === undefined || group[facet] === filter[facet]);
}

function entityOf(mask: string): string {
  return mask.slice(1, -'_MASKED>'.length);
}

/** Rows that fit, batch by batch, until there are enough or no more. */
function gather(
  read: (before: number) => FindingRow[],
  fits: (row: FindingRow) => boolean,
  from: number,
  limit: number,
): FindingRow[] {
  const rows: FindingRow[] = [];
  for (let before = from; rows.length < limit; ) {
    const batch = read(before);
    rows.push(...batch.filter(fits));
    const last = batch.at(-1);
    if (last === undefined) break;
    before = last.id;
  }
  return rows.slice(0, limit);
}
