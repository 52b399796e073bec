import type { Json, NewToolCall, ToolResultArrival } from '../../../shared/model/index.js';
import { sentKey } from '../../../shared/sent-keys.js';
import { packJson } from '../codec/pack.js';
import { uidBytes } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import type { Terms } from '../dictionaries/terms.js';
import { lineageKey, looseToolCallKey } from '../lookups/lineage-keys.js';
import { resultOf, type StoredResult } from '../sqlite/rows/tool-call.js';
import { argumentsTextRow, resultTextRow, type Schema, traceOfRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { ContentParts } from '../text/content-parts.js';
import { callText, jsonText } from '../text/step-text.js';
import type { TextIndex } from '../text/text-index.js';
import { micros } from './exchange.js';
import type { WireVerdict } from './wire-verdict.js';

type ToolCallRow = Schema['tool_calls'];
type Completion = Pick<ToolCallRow, 'id' | 'status' | 'result' | 'result_document' | 'result_part' | 'duration_us'>;

/** So many are remembered by the order in which they finished: whoever appends them to a file is behind by few. */
const mostFinished = 100_000;

/** A stored tool call that a result has just completed. */
export interface Completed {
  row: number;
  trace: number;
  /** True where this result is the one that was stored, false where there was one before. */
  stored: boolean;
  status: 'ok' | 'error';
  /** It failed on the wire, and its result does not say so. */
  contradicted: boolean;
  /** Row of the decision that led to it. */
  decision: number | null;
  /** The stored result, and its JSON text. */
  value: Json;
  result: string;
  /** Term of its tool, and when it was asked for. */
  tool: number;
  at: number;
  /** It was captured, and nothing that was seen on the wire has been joined to it. */
  unsent: boolean;
}

/** Column `call` of the one key of a tool call that no model call asked for. */
const looseCall = 0;
/** What passed somewhere else: that nothing of it was seen on the wire says nothing. */
const notOurs = new Set(['intake', 'import']);

/**
 * Keys by which a tool call is found. One that no captured call asked for has its own negative row where the call would
 * stand: people find it by its id, and no captured call does.
 * @param sent that the call which asked for it was sent without admin
 */
export function toolCallKeys(
  row: number,
  call: number | null,
  toolCallId: string,
  sent: boolean,
): { key: Buffer; call: number }[] {
  const key = lineageKey('tool_call', toolCallId);
  if (call === null) {
    return [
      { key, call: -row },
      { key: looseToolCallKey(traceOfRow(row), toolCallId), call: looseCall },
    ];
  }
  if (!sent) return [{ key, call }];
  return [
    { key, call: -row },
    { key: lineageKey('tool_call', sentKey(toolCallId)), call },
  ];
}

const foundColumns = [
  'k.id',
  'k.status',
  'k.decision',
  'k.effect',
  'k.tool',
  'k.at',
  'k.result',
  'kd.data as result_message',
  'k.result_part',
] as const;

type FoundToolCall = { id: number; status: string; decision: number | null; effect: number | null } & Pick<
  ToolCallRow,
  'tool' | 'at'
> & { via: string | null } & StoredResult;

/** Where a tool call goes. */
interface Place {
  row: number;
  /** Null where a record told of it without a model call. */
  call: number | null;
  sent: boolean;
  decision: number | null;
  /** Its time only keeps the order. */
  undated: boolean;
}

/** Stores tool calls and completes them with their results, in whatever order and exchange these come. */
export class ToolCallSaver {
  readonly #terms: Terms;
  readonly #text: TextIndex;
  readonly #verdict: WireVerdict;
  readonly #insert: Prepared<ToolCallRow, unknown>;
  readonly #insertKey: Prepared<Schema['lineage'], unknown>;
  readonly #find: Prepared<{ key: Buffer; sent: Buffer; uid: Buffer }, FoundToolCall>;
  readonly #findLoose: Prepared<{ key: Buffer }, FoundToolCall>;
  readonly #insertEffectKey: Prepared<Schema['tool_call_keys'], unknown>;
  readonly #complete: Prepared<Completion, unknown>;
  readonly #finish: Prepared<{ tool_call: number }, unknown>;
  readonly #forget: Prepared<{ most: number }, unknown>;
  readonly #decision: Prepared<{ id: number }, { tool_calls: Buffer; outcome: string | null }>;
  readonly #status: Prepared<{ id: number }, { status: string }>;
  readonly #setOutcome: Prepared<{ id: number; outcome: string }, unknown>;

  constructor(statements: Statements, terms: Terms, text: TextIndex, verdict: WireVerdict) {
    this.#terms = terms;
    this.#text = text;
    this.#verdict = verdict;
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
        effect: null,
        effect_state: null,
        effect_keys: p('effect_keys'),
        suspicion: null,
        suspicion_reason: null,
        undated: p('undated'),
      }),
    );
    this.#insertKey = statements.prepare<Schema['lineage']>()((sql, p) =>
      sql
        .insertInto('lineage')
        .values({ key: p('key'), call: p('call'), tool_call: p('tool_call') })
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#find = statements.prepare<{ key: Buffer; sent: Buffer; uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('calls as c')
        .innerJoin('lineage as l', 'l.call', 'c.id')
        .innerJoin('tool_calls as k', 'k.id', 'l.tool_call')
        .leftJoin('exchanges as x', 'x.id', 'c.id')
        .leftJoin('documents as kd', 'kd.id', 'k.result_document')
        .select([...foundColumns, 'x.via'])
        .where('c.uid', '=', p('uid'))
        .where('l.key', 'in', [p('key'), p('sent')]),
    );
    this.#findLoose = statements.prepare<{ key: Buffer }>()((sql, p) =>
      sql
        .selectFrom('lineage as l')
        .innerJoin('tool_calls as k', 'k.id', 'l.tool_call')
        .leftJoin('documents as kd', 'kd.id', 'k.result_document')
        .select([...foundColumns, (eb) => eb.val<string | null>(null).as('via')])
        .where('l.key', '=', p('key'))
        .where('l.call', '=', looseCall),
    );
    this.#insertEffectKey = statements.prepare<Schema['tool_call_keys']>()((sql, p) =>
      sql
        .insertInto('tool_call_keys')
        .values({ key: p('key'), at: p('at'), tool_call: p('tool_call') })
        .onConflict((conflict) => conflict.doNothing()),
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
    this.#finish = statements.prepare<{ tool_call: number }>()((sql, p) =>
      sql.insertInto('finished_tool_calls').values({ tool_call: p('tool_call') }),
    );
    this.#forget = statements.prepare<{ most: number }>()((sql, p) =>
      sql
        .deleteFrom('finished_tool_calls')
        .where('seq', '<=', ({ selectFrom, eb }) =>
          selectFrom('finished_tool_calls').select(eb(eb.fn.max<number>('seq'), '-', p('most')).as('oldest')),
        ),
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

  /** At the start: what finished so long ago is not appended to any file any more. */
  forgetOld(): void {
    this.#forget.run({ most: mostFinished });
  }

  add(made: NewToolCall, place: Place): void {
    const tool = this.#terms.id('tool', made.name);
    const keys = [...new Set(made.effect_keys)].map((key) => lineageKey('effect', key));
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
      effect: null,
      effect_state: null,
      effect_keys: keys.length === 0 ? null : Buffer.concat(keys),
      suspicion: null,
      suspicion_reason: null,
      undated: place.undated ? 1 : 0,
    });
    this.#terms.count('tool_calls', tool, 1);
    for (const { key, call } of toolCallKeys(place.row, place.call, made.tool_call_id, place.sent)) {
      this.#insertKey.run({ key, call, tool_call: place.row });
    }
    for (const key of keys) this.#insertEffectKey.run({ key, at: made.at, tool_call: place.row });
    this.#text.add(argumentsTextRow(place.row), callText(made.name, made.arguments));
    if (made.result !== undefined) this.#text.add(resultTextRow(place.row), jsonText(made.result));
    if (made.status !== 'pending') this.#finish.run({ tool_call: place.row });
  }

  /** The tool call of this id that a call asked for; without a call the one that a record told of. */
  find(
    { tool_call_id, call_id, trace_id }: { tool_call_id: string; call_id: string | null; trace_id: string },
    traceOf: (traceId: string) => number | null,
  ): FoundToolCall | undefined {
    if (call_id !== null) {
      const [key, sent] = [tool_call_id, sentKey(tool_call_id)].map((id) => lineageKey('tool_call', id)) as [
        Buffer,
        Buffer,
      ];
      return this.#find.get({ key, sent, uid: uidBytes(call_id) });
    }
    const trace = traceOf(trace_id);
    return trace === null ? undefined : this.#findLoose.get({ key: looseToolCallKey(trace, tool_call_id) });
  }

  /**
   * Null where the tool call is not stored (any more). The first result stays.
   * @param trace the one that the result came to: it holds the messages that `parts` finds
   */
  complete(
    arrival: ToolResultArrival,
    trace: number,
    parts: ContentParts,
    traceOf: (traceId: string) => number | null,
  ): Completed | null {
    const found = this.find(arrival, traceOf);
    if (!found) return null;
    const { id } = found;
    const contradicted = arrival.status === 'ok' && found.effect !== null && this.#verdict.failed(id);
    const status = contradicted ? 'error' : arrival.status;
    const place = { row: id, trace: traceOfRow(id), status, decision: found.decision, contradicted };
    const unsent = found.effect === null && found.via !== null && !notOurs.has(found.via);
    const asked = { tool: found.tool, at: found.at, unsent };
    if (found.status !== 'pending') {
      const value = resultOf(found);
      return { ...place, ...asked, stored: false, value, result: JSON.stringify(value) };
    }
    const result = JSON.stringify(arrival.result);
    const messagePart = place.trace === trace ? parts.result(arrival.tool_call_id, result) : null;
    this.#complete.run({
      id,
      status,
      result: messagePart === null ? packJson(arrival.result) : null,
      result_document: messagePart?.document ?? null,
      result_part: messagePart?.part ?? null,
      duration_us: micros(arrival.duration_ms),
    });
    if (contradicted) this.#verdict.contradict(id);
    this.#finish.run({ tool_call: id });
    this.#text.add(resultTextRow(id), jsonText(arrival.result));
    return { ...place, ...asked, stored: true, value: arrival.result, result };
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
