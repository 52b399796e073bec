import type { Json, NewToolCall, ToolResultArrival } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidBytes } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import { lineageKey } from '../lineage.js';
import type { MessageParts } from '../message-parts.js';
import { resultOf, type StoredResult } from '../rows/tool-call.js';
import { argumentsTextRow, resultTextRow, type Schema, traceOfRow } from '../schema.js';
import type { Prepared, Statements } from '../statements.js';
import type { Terms } from '../terms.js';
import { callText, jsonText } from '../text/step-text.js';
import type { TextIndex } from '../text/text-index.js';
import { micros } from './exchange.js';

type ToolCallRow = Schema['tool_calls'];
type Completion = Pick<ToolCallRow, 'id' | 'status' | 'result' | 'result_document' | 'result_part' | 'duration_us'>;

/** A stored tool call that a result has just completed. */
export interface Completed {
  row: number;
  trace: number;
  /** True where this result is the one that was stored, false where there was one before. */
  stored: boolean;
  status: 'ok' | 'error';
  /** Row of the decision that led to it. */
  decision: number | null;
  /** JSON text of the stored result. */
  result: string;
}

/** Stores tool calls and completes them with their results, in whatever order and exchange these come. */
export class ToolCallSaver {
  readonly #terms: Terms;
  readonly #text: TextIndex;
  readonly #insert: Prepared<ToolCallRow, unknown>;
  readonly #insertKey: Prepared<Schema['lineage'], unknown>;
  readonly #find: Prepared<
    { key: Buffer; uid: Buffer },
    { id: number; status: string; decision: number | null } & StoredResult
  >;
  readonly #complete: Prepared<Completion, unknown>;
  readonly #decision: Prepared<{ id: number }, { tool_calls: Buffer; outcome: string | null }>;
  readonly #status: Prepared<{ id: number }, { status: string }>;
  readonly #setOutcome: Prepared<{ id: number; outcome: string }, unknown>;

  constructor(statements: Statements, terms: Terms, text: TextIndex) {
    this.#terms = terms;
    this.#text = text;
    this.#insert = statements.prepare<ToolCallRow>()((sql, p) =>
      sql.insertInto('tool_calls').values({
        id: p('id'),
        tool_call_id: p('tool_call_id'),
        call: p('call'),
        step: p('step'),
        tool: p('tool'),
        status: p('status'),
        at: p('at'),
        duration_us: p('duration_us'),
        arguments: p('arguments'),
        result: p('result'),
        result_document: null,
        result_part: null,
        metadata: p('metadata'),
        decision: p('decision'),
      }),
    );
    this.#insertKey = statements.prepare<Schema['lineage']>()((sql, p) =>
      sql
        .insertInto('lineage')
        .values({ key: p('key'), call: p('call'), tool_call: p('tool_call') })
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#find = statements.prepare<{ key: Buffer; uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('calls as c')
        .innerJoin('lineage as l', 'l.call', 'c.id')
        .innerJoin('tool_calls as k', 'k.id', 'l.tool_call')
        .leftJoin('documents as kd', 'kd.id', 'k.result_document')
        .select(['k.id', 'k.status', 'k.decision', 'k.result', 'kd.data as result_message', 'k.result_part'])
        .where('c.uid', '=', p('uid'))
        .where('l.key', '=', p('key')),
    );
    this.#complete = statements.prepare<Completion>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({
          status: p('status'),
          result: p('result'),
          result_document: p('result_document'),
          result_part: p('result_part'),
          duration_us: p('duration_us'),
        })
        .where('id', '=', p('id')),
    );
    this.#decision = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('decisions').select(['tool_calls', 'outcome']).where('id', '=', p('id')),
    );
    this.#status = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('tool_calls').select('status').where('id', '=', p('id')),
    );
    this.#setOutcome = statements.prepare<{ id: number; outcome: string }>()((sql, p) =>
      sql
        .updateTable('decisions')
        .set({ outcome: p('outcome') })
        .where('id', '=', p('id')),
    );
  }

  add(made: NewToolCall, place: { row: number; call: number; decision: number | null }): void {
    const tool = this.#terms.id('tool', made.name);
    this.#insert.run({
      id: place.row,
      tool_call_id: made.tool_call_id,
      call: place.call,
      step: uidBytes(made.step_id),
      tool,
      status: made.status,
      at: made.at,
      duration_us: micros(made.duration_ms),
      arguments: packJson(made.arguments),
      result: made.result === undefined ? null : packJson(made.result),
      result_document: null,
      result_part: null,
      metadata: JSON.stringify(made.metadata),
      decision: place.decision,
    });
    this.#terms.count('tool_calls', tool, 1);
    const key = lineageKey('tool_call', made.tool_call_id);
    this.#insertKey.run({ key, call: place.call, tool_call: place.row });
    this.#text.add(argumentsTextRow(place.row), callText(made.name, made.arguments));
    if (made.result !== undefined) this.#text.add(resultTextRow(place.row), jsonText(made.result));
  }

  /**
   * Null where the tool call is not stored (any more). The first result stays.
   * @param trace the one that the result came to: it holds the messages that `parts` finds
   */
  complete(arrival: ToolResultArrival, trace: number, parts: MessageParts): Completed | null {
    const key = lineageKey('tool_call', arrival.tool_call_id);
    const found = this.#find.get({ key, uid: uidBytes(arrival.call_id) });
    if (!found) return null;
    const { id } = found;
    const { status } = arrival;
    const place = { row: id, trace: traceOfRow(id), status, decision: found.decision };
    if (found.status !== 'pending') return { ...place, stored: false, result: JSON.stringify(resultOf(found)) };
    const result = JSON.stringify(arrival.result);
    const said = place.trace === trace ? parts.result(arrival.tool_call_id, result) : null;
    this.#complete.run({
      id,
      status,
      result: said === null ? packJson(arrival.result) : null,
      result_document: said?.document ?? null,
      result_part: said?.part ?? null,
      duration_us: micros(arrival.duration_ms),
    });
    this.#text.add(resultTextRow(id), jsonText(arrival.result));
    return { ...place, stored: true, result };
  }

  /** A decision failed when one of its tool calls did, and succeeded when all did; before that nothing is known. */
  setOutcome(decision: number): void {
    const row = this.#decision.get({ id: decision });
    if (!row) return;
    const statuses = decodeDeltas(row.tool_calls).map((id) => this.#status.get({ id })?.status);
    const success = statuses.includes('error') ? false : statuses.every((status) => status === 'ok') ? true : null;
    if (success === null || statuses.length === 0) return;
    const outcome = row.outcome === null ? {} : (JSON.parse(row.outcome) as { [key: string]: Json });
    this.#setOutcome.run({ id: decision, outcome: JSON.stringify({ ...outcome, success }) });
  }
}
