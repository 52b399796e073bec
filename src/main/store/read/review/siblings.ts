import type { ChatMessage, Page, TraceSummary } from '../../../../shared/model/index.js';
import { unpackCall } from '../../codec/call-data.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidOrNull, uidText } from '../../codec/uid.js';
import { decodeDeltas } from '../../codec/varint.js';
import { decodeCursor, encodeCursor } from '../../find/cursor.js';
import { selectTraces, traceSummary } from '../../sqlite/rows/trace.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Statements } from '../../sqlite/statements.js';

export interface Sibling {
  trace: TraceSummary;
  call_id: string | null;
  model: string | null;
  relation: 'same_parent' | 'same_task';
  same_system: boolean | null;
  compared: boolean;
}

interface CallRow {
  id: number;
  uid: Buffer;
  trace: number;
  parent: number | null;
  data: Packed;
  request_messages: Buffer;
}

/** Messages that a task begins with, of which the user's first is looked for. */
const opening = 40;

/** What a trace or call can be compared with: others that began in the same way. */
export class Siblings {
  readonly #sql: Sql;
  readonly #statements: Statements;

  constructor(sql: Sql, statements: Statements) {
    this.#sql = sql;
    this.#statements = statements;
  }

  /** Null where there is no such trace or call. */
  of(traceId: string, callId: string | null, cursor: string | null, limit: number): Page<Sibling> | null {
    const uid = uidOrNull(traceId);
    const trace = uid && (this.#sql('SELECT id FROM traces WHERE uid = ?').get(uid) as { id: number } | undefined);
    if (!trace) return null;
    const list = `siblings ${traceId} ${callId}`;
    const place = decodeCursor(list, cursor);
    const below = place?.id ?? Number.MAX_SAFE_INTEGER;
    const found =
      callId === null ? this.#ofTask(trace.id, below, limit + 1) : this.#ofCall(trace.id, callId, below, limit + 1);
    if (found === null) return null;
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ sibling }) => sibling),
      next_cursor: found.length > limit && last ? encodeCursor(list, { at: 0, id: last.id }) : null,
    };
  }

  #ofCall(trace: number, callId: string, below: number, limit: number) {
    const uid = uidOrNull(callId);
    const columns = 'id, uid, trace, parent, data, request_messages';
    const call =
      uid &&
      (this.#sql(`SELECT ${columns} FROM calls WHERE uid = ? AND trace = ?`).get(uid, trace) as CallRow | undefined);
    if (!call) return null;
    // Without a parent those of the trace that were asked the same.
    const rows = (
      call.parent === null
        ? this.#sql(
            `SELECT ${columns} FROM calls WHERE trace = ? AND parent IS NULL AND request_messages = ? AND id <> ? AND id < ?
             ORDER BY id DESC LIMIT ?`,
          ).all(trace, call.request_messages, call.id, below, limit)
        : this.#sql(
            `SELECT ${columns} FROM calls WHERE parent = ? AND id <> ? AND id < ? ORDER BY id DESC LIMIT ?`,
          ).all(call.parent, call.id, below, limit)
    ) as CallRow[];
    return rows.flatMap((row) => {
      const summary = this.#summary(row.trace);
      if (summary === null) return [];
      const sibling: Sibling = {
        trace: summary,
        call_id: uidText(row.uid),
        model: unpackCall(row.data).model,
        relation: 'same_parent',
        same_system: null,
        compared: this.#compared(trace, call.uid, row.trace, row.uid),
      };
      return [{ id: row.id, sibling }];
    });
  }

  #ofTask(trace: number, below: number, limit: number) {
    const own = this.#opening(trace);
    if (own === null) return [];
    const found: { id: number; sibling: Sibling }[] = [];
    const page = this.#sql(
      `SELECT d.trace FROM trace_documents AS d WHERE d.document = ? AND d.trace < ? AND d.trace <> ? ORDER BY d.trace DESC`,
    );
    for (const { trace: other } of page.iterate(own.user, below, trace) as Iterable<{ trace: number }>) {
      const theirs = this.#opening(other);
      // They quote it somewhere else.
      if (theirs?.user !== own.user) continue;
      const summary = this.#summary(other);
      if (summary === null) continue;
      found.push({
        id: other,
        sibling: {
          trace: summary,
          call_id: null,
          model: summary.models[0] ?? null,
          relation: 'same_task',
          same_system: theirs.system === own.system,
          compared: this.#compared(trace, null, other, null),
        },
      });
      if (found.length === limit) break;
    }
    return found;
  }

  /** What a trace began with, by the messages' ids: the user's first one, and what the system said before it. */
  #opening(trace: number): { user: number; system: string } | null {
    const row = this.#sql('SELECT request_messages FROM calls WHERE trace = ? ORDER BY id LIMIT 1').get(trace) as
      | { request_messages: Buffer }
      | undefined;
    if (row === undefined) return null;
    const system: number[] = [];
    for (const id of decodeDeltas(row.request_messages).slice(0, opening)) {
      const document = this.#sql('SELECT data FROM documents WHERE id = ?').get(id) as { data: Packed } | undefined;
      if (document === undefined) continue;
      const { role } = unpackJson<never>(document.data) as ChatMessage;
      if (role === 'user') return { user: id, system: system.join(' ') };
      if (role === 'system' || role === 'developer') system.push(id);
    }
    return null;
  }

  #compared(a: number, aCall: Buffer | null, b: number, bCall: Buffer | null): boolean {
    const find = this.#sql('SELECT 1 FROM comparisons WHERE trace = ? AND call IS ? AND other = ? AND other_call IS ?');
    return find.get(a, aCall, b, bCall) !== undefined || find.get(b, bCall, a, aCall) !== undefined;
  }

  #summary(trace: number): TraceSummary | null {
    const row = this.#statements.get(selectTraces().where('t.id', '=', trace));
    return row === undefined ? null : traceSummary(row);
  }
}
