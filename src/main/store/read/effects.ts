import type { Effect, EffectJoin, Page, Witness } from '../../../shared/model/index.js';
import { toIso } from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeCursor, encodeCursor, type Place } from '../find/cursor.js';
import type { Schema } from '../sqlite/schema.js';
import { type Prepared, type Statements, sqlBuilder } from '../sqlite/statements.js';

type EffectRow = Pick<
  Schema['effects'],
  | 'uid'
  | 'tool_call_id'
  | 'protocol'
  | 'server'
  | 'name'
  | 'arguments'
  | 'result'
  | 'status'
  | 'started_at'
  | 'ended_at'
  | 'joined'
  | 'arguments_altered'
  | 'result_altered'
> & { id: number; exchange_uid: Buffer; trace_uid: Buffer | null };
interface WitnessRow {
  id: number;
  uid: Buffer;
  at: number;
  source: string;
  basis: string;
  disagreements: Packed;
  call_uid: Buffer;
  exchange_uid: Buffer;
}

type Paged = { at: number; id: number; limit: number };

function selectEffects() {
  return sqlBuilder
    .selectFrom('effects as e')
    .innerJoin('exchanges as x', 'x.id', 'e.exchange')
    .leftJoin('traces as t', 't.id', 'e.trace')
    .select(['e.id', 'e.uid', 'x.uid as exchange_uid', 't.uid as trace_uid', 'e.tool_call_id', 'e.protocol'])
    .select(['e.server', 'e.name', 'e.arguments', 'e.result', 'e.status', 'e.started_at', 'e.ended_at', 'e.joined'])
    .select(['e.arguments_altered', 'e.result_altered']);
}

/** Effects on the wire and second reports, page by page. */
export class Effects {
  readonly #trace: Prepared<{ uid: Buffer }, { id: number }>;
  readonly #ofTrace: Prepared<Paged & { trace: number }, EffectRow>;
  readonly #unclaimed: Prepared<Paged, EffectRow>;
  readonly #witnesses: Prepared<Paged & { trace: number }, WitnessRow>;

  constructor(statements: Statements) {
    this.#trace = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select('id').where('uid', '=', p('uid')),
    );
    this.#ofTrace = statements.prepare<Paged & { trace: number }>()((_, p) =>
      selectEffects()
        .where('e.trace', '=', p('trace'))
        .where((eb) => eb(eb.refTuple('e.started_at', 'e.id'), '>', eb.tuple(p('at'), p('id'))))
        .orderBy('e.started_at')
        .orderBy('e.id')
        .limit(p('limit')),
    );
    this.#unclaimed = statements.prepare<Paged>()((_, p) =>
      selectEffects()
        .where('e.tool_call', 'is', null)
        .where((eb) => eb(eb.refTuple('e.started_at', 'e.id'), '<', eb.tuple(p('at'), p('id'))))
        .orderBy('e.started_at', 'desc')
        .orderBy('e.id', 'desc')
        .limit(p('limit')),
    );
    this.#witnesses = statements.prepare<Paged & { trace: number }>()((sql, p) =>
      sql
        .selectFrom('witnesses as w')
        .innerJoin('calls as c', 'c.id', 'w.call')
        .innerJoin('exchanges as x', 'x.id', 'w.exchange')
        .select(['w.id', 'w.uid', 'w.at', 'w.source', 'w.basis', 'w.disagreements', 'c.uid as call_uid'])
        .select('x.uid as exchange_uid')
        .where('w.trace', '=', p('trace'))
        .where((eb) => eb(eb.refTuple('w.at', 'w.id'), '>', eb.tuple(p('at'), p('id'))))
        .orderBy('w.at')
        .orderBy('w.id')
        .limit(p('limit')),
    );
  }

  /** Of one trace's tool calls, in the order in which they began. */
  ofTrace(traceId: string, cursor: string | null, limit: number): Page<Effect> {
    const list = `effects ${traceId}`;
    const place = decodeCursor(list, cursor) ?? beginning;
    const trace = this.#idOf(traceId);
    if (trace === null) return none;
    return page(list, this.#ofTrace.all({ trace, ...place, limit: limit + 1 }), limit, startOf, effectOf);
  }

  /** Sent, but no captured model asked for it; newest first, of everything that was captured. */
  unclaimed(cursor: string | null, limit: number): Page<Effect> {
    const list = 'unclaimed effects';
    const place = decodeCursor(list, cursor) ?? { at: Number.MAX_SAFE_INTEGER, id: 0 };
    return page(list, this.#unclaimed.all({ ...place, limit: limit + 1 }), limit, startOf, effectOf);
  }

  /** Second reports of a trace's calls, in the order of their time. */
  witnesses(traceId: string, cursor: string | null, limit: number): Page<Witness> {
    const list = `witnesses ${traceId}`;
    const place = decodeCursor(list, cursor) ?? beginning;
    const trace = this.#idOf(traceId);
    if (trace === null) return none;
    const rows = this.#witnesses.all({ trace, ...place, limit: limit + 1 });
    return page(
      list,
      rows,
      limit,
      ({ at, id }) => ({ at, id }),
      (row) => witnessOf(row, traceId.toLowerCase()),
    );
  }

  #idOf(traceId: string): number | null {
    const uid = uidOrNull(traceId);
    return (uid && this.#trace.get({ uid })?.id) ?? null;
  }
}

const none = { items: [], next_cursor: null };
/** Row ids are positive. */
const beginning: Place = { at: Number.MIN_SAFE_INTEGER, id: 0 };
const startOf = ({ started_at, id }: EffectRow): Place => ({ at: started_at, id });

function page<R, T>(list: string, rows: R[], limit: number, place: (row: R) => Place, item: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(list, place(last)) : null,
  };
}

function effectOf(row: EffectRow): Effect {
  return {
    effect_id: uidText(row.uid),
    exchange_id: uidText(row.exchange_uid),
    trace_id: row.trace_uid && uidText(row.trace_uid),
    tool_call_id: row.tool_call_id,
    protocol: row.protocol as Effect['protocol'],
    server: row.server,
    name: row.name,
    arguments: unpackJson(row.arguments),
    result: row.result === null ? null : unpackJson(row.result),
    status: row.status as Effect['status'],
    started_at: toIso(row.started_at),
    duration_ms: row.ended_at === null ? null : Math.max(0, row.ended_at - row.started_at) / 1000,
    join: row.joined === null ? null : joinOf(row.joined),
    arguments_altered: row.arguments_altered === 1,
    result_altered: row.result_altered === null ? null : row.result_altered === 1,
  };
}

function joinOf(joined: string): Effect['join'] {
  const { basis, confidence, evidence } = JSON.parse(joined) as EffectJoin;
  return { basis, confidence, evidence };
}

function witnessOf(row: WitnessRow, traceId: string): Witness {
  return {
    witness_id: uidText(row.uid),
    trace_id: traceId,
    call_id: uidText(row.call_uid),
    exchange_id: uidText(row.exchange_uid),
    source: row.source,
    timestamp: toIso(row.at),
    basis: row.basis,
    disagreements: unpackJson<Witness['disagreements']>(row.disagreements),
  };
}
