import { connectionKey } from '../../../shared/connection.js';
import type { Assembled, AssembledCall, AssembledRecord } from '../../../shared/model/index.js';
import { packCall, unpackCall } from '../codec/call-data.js';
import { uidBytes } from '../codec/uid.js';
import { decodeDeltas, encodeDeltas } from '../codec/varint.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import type { Documents } from '../dictionaries/documents.js';
import { callKeys, keysOf, lineageKeyBytes, ownKey } from '../lookups/lineage-keys.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { micros } from './exchange.js';

type StoredCall = Pick<
  Schema['calls'],
  'id' | 'data' | 'lineage' | 'cost_usd' | 'started_at' | 'request_messages' | 'session_key'
>;
type AnsweredRow = Pick<
  Schema['calls'],
  'id' | 'data' | 'lineage' | 'cost_usd' | 'ended_at' | 'duration_us' | 'message_count' | 'response_messages'
>;
type AmendedRow = Pick<
  Schema['calls'],
  | 'id'
  | 'parent'
  | 'message_count'
  | 'request_messages'
  | 'response_messages'
  | 'history_complete'
  | 'data'
  | 'lineage'
  | 'cost_usd'
  | 'started_at'
  | 'ended_at'
  | 'duration_us'
  | 'undated'
>;
type ParentRow = Pick<Schema['calls'], 'id' | 'trace' | 'tools' | 'request_messages' | 'response_messages'>;

/** Stores a call: its row, its messages, the keys by which later calls find it. */
export class CallSaver {
  readonly #documents: Documents;
  readonly #captureCounts: CaptureCounts;
  readonly #parent: Prepared<{ uid: Buffer }, ParentRow>;
  readonly #insert: Prepared<Schema['calls'], unknown>;
  readonly #amend: Prepared<AmendedRow, unknown>;
  readonly #addChild: Prepared<{ id: number }, unknown>;
  readonly #insertKey: Prepared<Schema['lineage'], unknown>;
  readonly #deleteKey: Prepared<{ key: Buffer; call: number }, unknown>;
  readonly #stored: Prepared<{ uid: Buffer }, StoredCall>;
  readonly #setAnswer: Prepared<AnsweredRow, unknown>;

  constructor(statements: Statements, documents: Documents, captureCounts: CaptureCounts) {
    this.#documents = documents;
    this.#captureCounts = captureCounts;
    this.#parent = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('calls')
        .select(['id', 'trace', 'tools', 'request_messages', 'response_messages'])
        .where('uid', '=', p('uid')),
    );
    this.#insert = statements.prepare<Schema['calls']>()((sql, p) =>
      sql.insertInto('calls').values({
        id: p('id'),
        uid: p('uid'),
        trace: p('trace'),
        parent: p('parent'),
        children: 0,
        client: p('client'),
        connection: p('connection'),
        session_key: p('session_key'),
        fingerprint: p('fingerprint'),
        lineage: p('lineage'),
        started_at: p('started_at'),
        ended_at: p('ended_at'),
        duration_us: p('duration_us'),
        ttft_us: p('ttft_us'),
        cost_usd: p('cost_usd'),
        data: p('data'),
        tools: p('tools'),
        message_count: p('message_count'),
        request_messages: p('request_messages'),
        response_messages: p('response_messages'),
        history_complete: p('history_complete'),
        undated: p('undated'),
      }),
    );
    this.#amend = statements.prepare<AmendedRow>()((sql, p) =>
      sql
        .updateTable('calls')
        .set({
          parent: p('parent'),
          message_count: p('message_count'),
          request_messages: p('request_messages'),
          response_messages: p('response_messages'),
          history_complete: p('history_complete'),
          data: p('data'),
          lineage: p('lineage'),
          cost_usd: p('cost_usd'),
          started_at: p('started_at'),
          ended_at: p('ended_at'),
          duration_us: p('duration_us'),
          undated: p('undated'),
        })
        .where('id', '=', p('id')),
    );
    this.#addChild = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .updateTable('calls')
        .set((eb) => ({ children: eb('children', '+', 1) }))
        .where('id', '=', p('id')),
    );
    this.#insertKey = statements.prepare<Schema['lineage']>()((sql, p) =>
      sql
        .insertInto('lineage')
        .values({ key: p('key'), call: p('call'), tool_call: p('tool_call') })
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#deleteKey = statements.prepare<{ key: Buffer; call: number }>()((sql, p) =>
      sql.deleteFrom('lineage').where('key', '=', p('key')).where('call', '=', p('call')),
    );
    this.#stored = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('calls')
        .select(['id', 'data', 'lineage', 'cost_usd', 'started_at', 'request_messages', 'session_key'])
        .where('uid', '=', p('uid')),
    );
    this.#setAnswer = statements.prepare<AnsweredRow>()((sql, p) =>
      sql
        .updateTable('calls')
        .set({
          data: p('data'),
          lineage: p('lineage'),
          cost_usd: p('cost_usd'),
          ended_at: p('ended_at'),
          duration_us: p('duration_us'),
          message_count: p('message_count'),
          response_messages: p('response_messages'),
        })
        .where('id', '=', p('id')),
    );
  }

  /** Gives a call that is stored the answer that came later; its row, and what it had counted before. */
  answer(made: AssembledCall, trace: number): { id: number } & Pick<AssembledCall['call'], 'usage' | 'cost_usd'> {
    const { call, lineage } = made;
    const stored = this.#stored.get({ uid: uidBytes(call.call_id) });
    if (stored === undefined) throw new Error('The answer of a call that is not in the database.');
    const { id } = stored;
    const before = unpackCall(stored.data);
    const response = made.response_messages.map((message) => this.#documents.message(message));
    const keyOf = ownKey(stored.session_key);
    // Unanswered, its request stood as the end of its own conversation.
    const unanswered = keyOf('response_chain', lineage.request_chain);
    const kept = keysOf(stored.lineage).filter((key) => !key.equals(unanswered));
    const added = lineage.response_chains
      .map((chain) => keyOf('response_chain', chain))
      .filter((key) => !kept.some((each) => each.equals(key)));
    this.#setAnswer.run({
      id,
      data: packCall({
        ...before,
        model: call.model ?? before.model,
        usage: call.usage ?? before.usage,
        stop_reason: call.stop_reason,
        partial: call.partial,
        error: call.error,
      }),
      lineage: Buffer.concat([...kept, ...added]),
      cost_usd: call.cost_usd ?? stored.cost_usd,
      ended_at: stored.started_at + (micros(call.duration_ms) ?? 0),
      duration_us: micros(call.duration_ms) ?? 0,
      message_count: decodeDeltas(stored.request_messages).length + response.length,
      response_messages: encodeDeltas(response),
    });
    this.#deleteKey.run({ key: unanswered, call: id });
    for (const key of added) this.#insertKey.run({ key, call: id, tool_call: null });
    this.#documents.own(trace, new Set(response));
    return { id, usage: before.usage, cost_usd: stored.cost_usd };
  }

  /** `id`: row of its exchange, which is the call's too. */
  save(assembled: Assembled, made: AssembledCall, id: number, trace: number, client: string): void {
    const { exchange } = assembled.decoded;
    const { call } = made;
    const parent = call.parent_call_id === null ? undefined : this.#parent.get({ uid: uidBytes(call.parent_call_id) });
    const tools = call.tools_offered.length === 0 ? null : this.#documents.list(call.tools_offered);
    const request = made.request_messages.map((message) => this.#documents.message(message));
    const response = made.response_messages.map((message) => this.#documents.message(message));
    const keys = callKeys(made.lineage);
    this.#insert.run({
      id,
      uid: uidBytes(call.call_id),
      trace,
      parent: parent?.id ?? null,
      children: 0,
      client,
      connection: connectionKey(exchange.client),
      session_key: made.lineage.session_key,
      fingerprint: made.lineage.fingerprint + made.lineage.traits,
      lineage: Buffer.concat(keys, keys.length * lineageKeyBytes),
      started_at: exchange.started_at,
      ended_at: exchange.ended_at,
      duration_us: micros(call.duration_ms) ?? 0,
      ttft_us: micros(call.ttft_ms),
      cost_usd: call.cost_usd,
      data: packCall(call),
      tools,
      message_count: request.length + response.length,
      request_messages: encodeDeltas(request),
      response_messages: encodeDeltas(response),
      history_complete: made.decoded.request.history_complete ? 1 : 0,
      undated: call.started_at === null ? 1 : 0,
    });
    this.#captureCounts.addEdge(call.edge, 1);
    if (parent) this.#addChild.run({ id: parent.id });
    for (const key of keys) this.#insertKey.run({ key, call: id, tool_call: null });
    const held = new Set(tools === null ? [...request, ...response] : [...request, ...response, tools]);
    // What the parent call has, its trace holds already; the rest of a long history needs no look.
    if (parent?.trace === trace) for (const document of documentsOf(parent)) held.delete(document);
    this.#documents.own(trace, held);
  }

  /** Puts the whole of a call in the place of what was told of it first; what it had counted before. */
  amend(
    amends: NonNullable<AssembledRecord['amends']>,
    trace: number,
    undated: boolean,
  ): Pick<AssembledCall['call'], 'usage' | 'cost_usd'> | null {
    const stored = this.#stored.get({ uid: uidBytes(amends.call_id) });
    if (stored === undefined) return null;
    const before = unpackCall(stored.data);
    const { response_id, model, stop_reason, usage } = amends;
    const parent =
      amends.parent_call_id === null ? undefined : this.#parent.get({ uid: uidBytes(amends.parent_call_id) });
    const request = amends.request_messages.map((message) => this.#documents.message(message));
    const response = amends.response_messages.map((message) => this.#documents.message(message));
    const keyOf = ownKey(stored.session_key);
    const kept = keysOf(stored.lineage);
    const named = response_id === null || response_id === before.response_id ? [] : [keyOf('response', response_id)];
    const added = [...named, ...amends.marks.map((mark) => keyOf('response_chain', mark))].filter(
      (key) => !kept.some((each) => each.equals(key)),
    );
    this.#amend.run({
      id: stored.id,
      parent: parent?.id ?? null,
      message_count: request.length + response.length,
      request_messages: encodeDeltas(request),
      response_messages: encodeDeltas(response),
      history_complete: amends.history_complete ? 1 : 0,
      data: packCall({ ...before, response_id, model, stop_reason, usage }),
      lineage: Buffer.concat([...kept, ...added]),
      cost_usd: amends.cost_usd ?? stored.cost_usd,
      started_at: amends.started_at,
      ended_at: amends.ended_at,
      duration_us: amends.ended_at - amends.started_at,
      undated: undated ? 1 : 0,
    });
    for (const key of added) this.#insertKey.run({ key, call: stored.id, tool_call: null });
    this.#documents.own(trace, new Set([...request, ...response]));
    return { usage: before.usage, cost_usd: stored.cost_usd };
  }
}

function documentsOf(call: ParentRow): number[] {
  const messages = [...decodeDeltas(call.request_messages), ...decodeDeltas(call.response_messages)];
  return call.tools === null ? messages : [...messages, call.tools];
}
