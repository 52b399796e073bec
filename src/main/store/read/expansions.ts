import { type Expansion, type Page, toIso } from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import type { Sql } from '../sqlite/sql.js';
import { before, pageOf } from './newest-first.js';

export interface ExpansionRow {
  id: number;
  trace: Buffer;
  call: Buffer;
  created_at: number;
  data: Packed;
}

export const selectedExpansions = `SELECT e.id, t.uid AS trace, c.uid AS call, e.created_at, e.data FROM expansions AS e
  JOIN traces AS t ON t.id = e.trace JOIN calls AS c ON c.id = e.call`;

/** The reasoning that models wrote of calls. */
export class ExpansionReads {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Newest first. */
  ofTrace(traceId: string, cursor: string | null, limit: number): Page<Expansion> {
    const uid = uidOrNull(traceId);
    if (uid === null) return { items: [], next_cursor: null };
    const rows = this.#sql(
      `${selectedExpansions} WHERE e.trace = (SELECT id FROM traces WHERE uid = ?1) AND e.id < ?2 ORDER BY e.id DESC LIMIT ?3`,
    ).all(uid, before(cursor), limit + 1) as ExpansionRow[];
    return pageOf(rows, limit, expansionOf);
  }

  /** Null: none was written of this call of the trace. */
  of(traceId: string, callId: string): Expansion | null {
    const [trace, call] = [uidOrNull(traceId), uidOrNull(callId)];
    if (trace === null || call === null) return null;
    const row = this.#sql(`${selectedExpansions} WHERE c.uid = ? AND t.uid = ?`).get(call, trace) as
      | ExpansionRow
      | undefined;
    return row === undefined ? null : expansionOf(row);
  }
}

export function expansionOf({ trace, call, created_at, data }: ExpansionRow): Expansion {
  return {
    trace_id: uidText(trace),
    call_id: uidText(call),
    ...unpackJson<Omit<Expansion, 'trace_id' | 'call_id' | 'created_at'>>(data),
    created_at: toIso(created_at),
  };
}
