import { bandOf, type Finding, type FindingPlacement, type TypedFinding } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidOrNull } from '../codec/uid.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { findingValue, placementOf } from './finding-placement.js';

/** An exchange keeps at most 1,000 findings. */
export const findingsPerExchange = 1024;
/** Rows of what users typed begin here, far below those of exchanges, and count up. */
export const firstTyped = -(2 ** 50);

type GroupKey = Pick<Schema['finding_groups'], 'entity' | 'placement' | 'detector' | 'action' | 'band'>;
type Found = Pick<Finding, 'entity' | 'detector' | 'action' | 'replacement' | 'confidence'>;

/**
 * Keeps the rows that findings are listed by, and how many there are of each kind. Like terms the counts are written once
 * for a whole batch. Writer only.
 */
export class FindingRows {
  readonly #findGroup: Prepared<GroupKey, { id: number }>;
  readonly #addGroup: Prepared<GroupKey, unknown>;
  readonly #count: Prepared<{ id: number; by: number }, unknown>;
  readonly #add: Prepared<Schema['findings'], unknown>;
  readonly #of: Prepared<{ first: number; last: number }, Pick<Schema['findings'], 'finding_group' | 'places'>>;
  readonly #delete: Prepared<{ first: number; last: number }, unknown>;
  readonly #lastTyped: Prepared<Record<never, never>, { id: number | null }>;
  readonly #addTyped: Prepared<Schema['typed_findings'], unknown>;
  readonly #typedOf: Prepared<{ trace: number }, { id: number }>;
  readonly #deleteTyped: Prepared<{ trace: number }, unknown>;
  readonly #trace: Prepared<{ uid: Buffer }, { id: number }>;
  readonly #groups = new Map<string, number>();
  #counted: [group: number, by: number][] = [];

  constructor(statements: Statements) {
    this.#findGroup = statements.prepare<GroupKey>()((sql, p) =>
      sql
        .selectFrom('finding_groups')
        .select('id')
        .where('entity', '=', p('entity'))
        .where('placement', '=', p('placement'))
        .where('detector', '=', p('detector'))
        .where('action', '=', p('action'))
        .where('band', '=', p('band')),
    );
    this.#addGroup = statements.prepare<GroupKey>()((sql, p) =>
      sql.insertInto('finding_groups').values({
        entity: p('entity'),
        placement: p('placement'),
        detector: p('detector'),
        action: p('action'),
        band: p('band'),
        places: 0,
      }),
    );
    this.#count = statements.prepare<{ id: number; by: number }>()((sql, p) =>
      sql
        .updateTable('finding_groups')
        .set((eb) => ({ places: eb('places', '+', p('by')) }))
        .where('id', '=', p('id')),
    );
    this.#add = statements.prepare<Schema['findings']>()((sql, p) =>
      sql
        .insertInto('findings')
        .values({ id: p('id'), finding_group: p('finding_group'), value: p('value'), places: p('places') }),
    );
    this.#of = statements.prepare<{ first: number; last: number }>()((sql, p) =>
      sql
        .selectFrom('findings')
        .select(['finding_group', 'places'])
        .where('id', '>=', p('first'))
        .where('id', '<=', p('last')),
    );
    this.#delete = statements.prepare<{ first: number; last: number }>()((sql, p) =>
      sql.deleteFrom('findings').where('id', '>=', p('first')).where('id', '<=', p('last')),
    );
    this.#lastTyped = statements.prepare()((sql) =>
      sql.selectFrom('typed_findings').select((eb) => eb.fn.max('id').as('id')),
    );
    this.#addTyped = statements.prepare<Schema['typed_findings']>()((sql, p) =>
      sql.insertInto('typed_findings').values({ id: p('id'), trace: p('trace'), at: p('at'), data: p('data') }),
    );
    this.#typedOf = statements.prepare<{ trace: number }>()((sql, p) =>
      sql.selectFrom('typed_findings').select('id').where('trace', '=', p('trace')),
    );
    this.#deleteTyped = statements.prepare<{ trace: number }>()((sql, p) =>
      sql.deleteFrom('typed_findings').where('trace', '=', p('trace')),
    );
    this.#trace = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select('id').where('uid', '=', p('uid')),
    );
  }

  /**
   * The findings of an exchange whose row is `exchange` and that has no rows here yet (else `remove` comes first).
   * `roles`: those of the messages of its request, where the wire format has one entry for each.
   */
  add(exchange: number, findings: readonly Finding[], roles: readonly string[] = []): void {
    if (findings.length === 0) return;
    const rows = new Map<string, Schema['findings']>();
    for (const [index, finding] of findings.entries()) {
      const group = this.#group(finding, placementOf(finding.path, roles));
      const value = findingValue(finding.replacement);
      const existing = rows.get(`${group} ${value}`);
      if (existing !== undefined) existing.places++;
      else {
        const id = exchange * findingsPerExchange + index;
        rows.set(`${group} ${value}`, { id, finding_group: group, value, places: 1 });
      }
    }
    for (const row of rows.values()) {
      this.#add.run(row);
      this.#counted.push([row.finding_group, row.places]);
    }
  }

  /** Takes the rows of an exchange away, and counts them back. */
  remove(exchange: number): void {
    const first = exchange * findingsPerExchange;
    this.#remove(first, first + findingsPerExchange - 1);
  }

  /** What a user typed. The trace may be gone by now. */
  addTyped(findings: readonly TypedFinding[], now: number): void {
    for (const { trace_id, placement, text, ...finding } of findings) {
      const uid = trace_id === null ? null : uidOrNull(trace_id);
      const trace = (uid && this.#trace.get({ uid })?.id) ?? null;
      const id = (this.#lastTyped.get({})?.id ?? firstTyped) + 1;
      const group = this.#group(finding, placement);
      this.#addTyped.run({ id, trace, at: now, data: packJson({ ...finding, ...excerpt(finding, text) }) });
      this.#add.run({ id, finding_group: group, value: findingValue(finding.replacement), places: 1 });
      this.#counted.push([group, 1]);
    }
  }

  /** What was typed about a trace that goes. */
  removeTyped(trace: number): void {
    for (const { id } of this.#typedOf.all({ trace })) this.#remove(id, id);
    this.#deleteTyped.run({ trace });
  }

  flush(): void {
    if (this.#counted.length === 0) return;
    const sums = new Map<number, number>();
    for (const [group, by] of this.#counted) sums.set(group, (sums.get(group) ?? 0) + by);
    this.#counted = [];
    for (const [id, by] of sums) if (by !== 0) this.#count.run({ id, by });
  }

  /** Returns what drops everything counted since, and every id that a rolled back insert may have given. */
  mark(): () => void {
    const { length } = this.#counted;
    return () => {
      this.#counted.length = length;
      this.#groups.clear();
    };
  }

  #remove(first: number, last: number): void {
    for (const { finding_group, places } of this.#of.all({ first, last })) {
      this.#counted.push([finding_group, -places]);
    }
    this.#delete.run({ first, last });
  }

  #group({ entity, detector, action, confidence }: Found, placement: FindingPlacement): number {
    const band = bandOf(confidence);
    const key = `${entity}\n${placement}\n${detector}\n${action}\n${band}`;
    const cached = this.#groups.get(key);
    if (cached !== undefined) return cached;
    const row = { entity, placement, detector, action, band };
    const id = this.#findGroup.get(row)?.id ?? this.#addGroup.run(row).id;
    this.#groups.set(key, id);
    return id;
  }
}

/** UTF-16 units that are kept on either side of what was typed. */
const around = 120;

/** A long note is not stored a second time. */
function excerpt({ start, end }: Pick<TypedFinding, 'start' | 'end'>, text: string) {
  const from = Math.max(0, start - around);
  return { text: text.slice(from, end + around), start: start - from, end: end - from };
}
