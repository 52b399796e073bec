import { sql } from 'kysely';
import type {
  Call,
  ChatMessage,
  Decision,
  Page,
  Step,
  StoredFinding,
  ToolCall,
  Trace,
  TraceSummary,
} from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import { decodeCursor, encodeCursor } from '../find/cursor.js';
import { type CallRow, callOf, selectCalls } from '../sqlite/rows/call.js';
import { type DecisionRow, decisionOf, selectDecisions } from '../sqlite/rows/decision.js';
import { reviewOf } from '../sqlite/rows/review.js';
import { type ScoreRow, scoreColumns, scoreOf } from '../sqlite/rows/score.js';
import { type ReadBefore, type StepRow, selectSteps, stepOf } from '../sqlite/rows/step.js';
import { type LastMessage, selectToolCalls, type ToolCallRow, toolCallOf } from '../sqlite/rows/tool-call.js';
import { selectTraces, type TraceRow, traceSummary } from '../sqlite/rows/trace.js';
import { placesPerTrace, rowIn, rowsOf } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { endedEarly, firstOf, type TraceBeginning } from './beginning.js';
import { findingOf, type StoredFindingRow } from './findings.js';
import type { QaRunReads } from './qa-runs.js';

/** The messages of a call as they were sent and answered. */
export interface StoredMessages {
  request: ChatMessage[];
  response: ChatMessage[];
  /** False where the request holds only what was new; absent of calls stored before this was kept. */
  history_complete?: boolean;
}

/** What is read of a trace: calls, rows of each other kind, and bytes of these as they are stored. */
interface Most {
  calls: number;
  rows: number;
  bytes: number;
}
const everything = Number.MAX_SAFE_INTEGER;
const whole: Most = { calls: everything, rows: everything, bytes: Number.POSITIVE_INFINITY };
/** Some hundredths of a second to read, and some megabytes of text. */
const beginning: Most = { calls: 200, rows: 1000, bytes: 1024 * 1024 };

type Range = { after: number; last: number; limit: number };
type ByTrace = { trace: number; after: number; limit: number };

/** Everything of one trace: whole, or page by page in its own order. */
export class TracePage {
  readonly #qaRuns: QaRunReads;
  readonly #summary: Prepared<{ uid: Buffer }, TraceRow>;
  readonly #summaryById: Prepared<{ id: number }, TraceRow>;
  readonly #id: Prepared<{ uid: Buffer }, { id: number; step_order: number }>;
  readonly #stepTimes: Prepared<{ trace: number; offset: number; limit: number }, { step: number }>;
  readonly #stepsById: Prepared<{ ids: string }, StepRow>;
  readonly #children: Prepared<{ id: number; limit: number }, TraceRow>;
  readonly #steps: Prepared<Range, StepRow>;
  readonly #toolCalls: Prepared<Range, ToolCallRow>;
  readonly #decisions: Prepared<Range, DecisionRow>;
  readonly #calls: Prepared<ByTrace, CallRow>;
  readonly #findings: Prepared<ByTrace, { id: number; uid: Buffer; findings: Packed }>;
  readonly #scores: Prepared<{ trace: number }, ScoreRow>;
  readonly #messagesOf: Prepared<
    { uid: Buffer },
    { request_messages: Buffer; response_messages: Buffer; history_complete: number | null }
  >;
  readonly #besides: Prepared<{ id: number }, { consent: string | null; qa_results: string | null }>;
  readonly #document: Prepared<{ id: number }, { data: Packed }>;

  constructor(statements: Statements, qaRuns: QaRunReads) {
    this.#qaRuns = qaRuns;
    this.#summary = statements.prepare<{ uid: Buffer }>()((_, p) => selectTraces().where('t.uid', '=', p('uid')));
    this.#summaryById = statements.prepare<{ id: number }>()((_, p) => selectTraces().where('t.id', '=', p('id')));
    this.#id = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select(['id', 'step_order']).where('uid', '=', p('uid')),
    );
    this.#children = statements.prepare<{ id: number; limit: number }>()((_, p) =>
      selectTraces().where('t.parent', '=', p('id')).orderBy('t.started_at').orderBy('t.id').limit(p('limit')),
    );
    this.#steps = statements.prepare<Range>()((_, p) =>
      selectSteps().where('s.id', '>', p('after')).where('s.id', '<=', p('last')).orderBy('s.id').limit(p('limit')),
    );
    this.#stepTimes = statements.prepare<{ trace: number; offset: number; limit: number }>()((sql, p) =>
      sql
        .selectFrom('step_times')
        .select('step')
        .where('trace', '=', p('trace'))
        .orderBy('at')
        .orderBy('step')
        .limit(p('limit'))
        .offset(p('offset')),
    );
    this.#stepsById = statements.prepare<{ ids: string }>()((_, p) =>
      selectSteps().where('s.id', 'in', (eb) =>
        eb.selectFrom(sql<{ value: number }>`json_each(${p('ids')})`.as('d')).select('d.value'),
      ),
    );
    this.#toolCalls = statements.prepare<Range>()((_, p) =>
      selectToolCalls().where('t.id', '>', p('after')).where('t.id', '<=', p('last')).orderBy('t.id').limit(p('limit')),
    );
    this.#decisions = statements.prepare<Range>()((_, p) =>
      selectDecisions().where('d.id', '>', p('after')).where('d.id', '<=', p('last')).orderBy('d.id').limit(p('limit')),
    );
    this.#calls = statements.prepare<ByTrace>()((_, p) =>
      selectCalls().where('c.trace', '=', p('trace')).where('c.id', '>', p('after')).orderBy('c.id').limit(p('limit')),
    );
    this.#findings = statements.prepare<ByTrace>()((sql, p) =>
      sql
        .selectFrom('exchanges as x')
        .innerJoin('exchange_contents as c', 'c.exchange', 'x.id')
        .select(['x.id', 'x.uid', 'c.findings'])
        .$narrowType<{ findings: Packed }>()
        .where('x.trace', '=', p('trace'))
        .where('x.id', '>=', p('after'))
        .where('c.findings', 'is not', null)
        .orderBy('x.id')
        .limit(p('limit')),
    );
    this.#scores = statements.prepare<{ trace: number }>()((sql, p) =>
      sql.selectFrom('scores').select(scoreColumns).where('trace', '=', p('trace')).orderBy('uid'),
    );
    this.#besides = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('traces').select(['consent', 'qa_results']).where('id', '=', p('id')),
    );
    this.#messagesOf = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('calls')
        .select(['request_messages', 'response_messages', 'history_complete'])
        .where('uid', '=', p('uid')),
    );
    this.#document = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('documents').select('data').where('id', '=', p('id')),
    );
  }

  summary(traceId: string): TraceSummary | null {
    const row = this.#row(traceId);
    return row && traceSummary(row);
  }

  review(traceId: string) {
    const row = this.#row(traceId);
    return row && row.reviewed_at !== null ? reviewOf(row) : null;
  }

  whole(traceId: string): Trace | null {
    const row = this.#row(traceId);
    return row && this.#upTo(row, whole).trace;
  }

  wholeById(id: number): Trace | null {
    const row = this.#summaryById.get({ id });
    return row ? this.#upTo(row, whole).trace : null;
  }

  /** The first calls of a trace with what came of them: it ends where an answer asked for no tool, if one did. */
  beginningById(id: number): TraceBeginning | null {
    const row = this.#summaryById.get({ id });
    if (!row) return null;
    const { trace, cut, toolCallsCut } = this.#upTo(row, beginning);
    return { trace: cut ? endedEarly(trace, toolCallsCut) : trace, cut };
  }

  #upTo(row: TraceRow, most: Most): TraceBeginning & { toolCallsCut: boolean } {
    const { first, last } = rowsOf(row.id);
    const range = { after: first - 1, last, limit: most.rows };
    const timed = row.step_order > 0;
    const calls = this.#calls.all({ trace: row.id, after: -1, limit: most.calls });
    const decisions = this.#decisions.all(range);
    const asked = firstOf(this.#toolCalls.iterate(range), most.bytes);
    const message: LastMessage = { document: null, parts: [] };
    const toolCalls = asked.rows.map((each) => ({ at: each.at, id: each.id, toolCall: toolCallOf(each, message) }));
    const before: ReadBefore = {
      toolCalls: new Map(toolCalls.map(({ id, toolCall }) => [id, toolCall])),
      message: null,
    };
    const said = timed ? null : firstOf(this.#steps.iterate(range), most.bytes);
    const steps =
      said === null
        ? this.#timedSteps(row.id, 0, most.rows, before)
        : said.rows.map((step) => stepOf(step, undefined, before));
    // Those of equal time stay in the order in which they came.
    if (timed) {
      calls.sort((a, b) => a.started_at - b.started_at);
      toolCalls.sort((a, b) => a.at - b.at);
      decisions.sort((a, b) => a.at - b.at);
    }
    const toolCallsCut = asked.cut || toolCalls.length === most.rows;
    const cut = said?.cut === true || [steps, decisions].some(({ length }) => length === most.rows);
    return {
      trace: {
        ...traceSummary(row),
        calls: calls.map(callOf),
        steps,
        tool_calls: toolCalls.map(({ toolCall }) => toolCall),
        decisions: decisions.map((each) => decisionOf(each, uidText(row.uid))),
        scores: this.#scores.all({ trace: row.id }).map(scoreOf),
        ...this.#besidesOf(row.id),
      },
      cut: cut || toolCallsCut || calls.length === most.calls,
      toolCallsCut,
    };
  }

  /** What only a whole trace shows. */
  #besidesOf(id: number): Pick<Trace, 'qa_results' | 'qa_runs' | 'consent'> {
    const { consent = null, qa_results = null } = this.#besides.get({ id }) ?? {};
    return {
      qa_results: qa_results === null ? null : (JSON.parse(qa_results) as Trace['qa_results']),
      qa_runs: this.#qaRuns.ofTrace(id),
      consent: consent === null ? null : (JSON.parse(consent) as Trace['consent']),
    };
  }

  /**
   * Steps after a place. In a trace that is read by time a late step moves those behind it up by one place: a view that
   * pages on then gets a step again (it knows it by its id), never one less, and the trace's `step_order` has grown, which
   * tells it that something came in among the steps it has already read.
   */
  steps(traceId: string, afterSeq: number, limit: number): Step[] {
    const trace = this.#traceOf(traceId);
    if (trace === null || afterSeq >= placesPerTrace - 2) return [];
    const after = Math.max(-1, afterSeq);
    if (trace.step_order > 0) return this.#timedSteps(trace.id, after + 1, limit, nothingRead());
    const { last } = rowsOf(trace.id);
    const before = nothingRead();
    return this.#steps.all({ after: rowIn(trace.id, after), last, limit }).map((row) => stepOf(row, undefined, before));
  }

  /** Steps by their time, numbered by their place. */
  #timedSteps(trace: number, offset: number, limit: number, before: ReadBefore): Step[] {
    const ids = this.#stepTimes.all({ trace, offset, limit }).map(({ step }) => step);
    const places = new Map(ids.map((id, index) => [id, index]));
    const steps = new Array<Step>(ids.length);
    for (const row of this.#stepsById.iterate({ ids: JSON.stringify(ids) })) {
      const place = places.get(row.id) as number;
      steps[place] = stepOf(row, offset + place, before);
    }
    return steps;
  }

  calls(traceId: string, cursor: string | null, limit: number): Page<Call> {
    return this.#page(`calls ${traceId}`, traceId, cursor, limit, callOf, (trace, after, count) =>
      this.#calls.all({ trace, after, limit: count }),
    );
  }

  toolCalls(traceId: string, cursor: string | null, limit: number): Page<ToolCall> {
    const message: LastMessage = { document: null, parts: [] };
    const item = (row: ToolCallRow) => toolCallOf(row, message);
    return this.#page(`tool calls ${traceId}`, traceId, cursor, limit, item, (trace, after, count) =>
      this.#toolCalls.all({ after: Math.max(after, rowsOf(trace).first), last: rowsOf(trace).last, limit: count }),
    );
  }

  decisions(traceId: string, cursor: string | null, limit: number): Page<Decision> {
    const item = (row: DecisionRow) => decisionOf(row, traceId.toLowerCase());
    return this.#page(`decisions ${traceId}`, traceId, cursor, limit, item, (trace, after, count) =>
      this.#decisions.all({ after: Math.max(after, rowsOf(trace).first), last: rowsOf(trace).last, limit: count }),
    );
  }

  /** Exchange by exchange; the cursor holds the exchange and how many of its findings were given. */
  findings(traceId: string, cursor: string | null, limit: number): Page<StoredFinding> {
    const list = `findings ${traceId}`;
    const place = decodeCursor(list, cursor) ?? { at: 0, id: -1 };
    const trace = this.#idOf(traceId);
    if (trace === null) return { items: [], next_cursor: null };
    const items: StoredFinding[] = [];
    let { at: listed, id: after } = place;
    for (;;) {
      const [row] = this.#findings.all({ trace, after, limit: 1 });
      if (!row) return { items, next_cursor: null };
      const all = unpackJson<StoredFindingRow[]>(row.findings);
      const skip = row.id === after ? listed : 0;
      const some = all.slice(skip, skip + limit - items.length);
      items.push(...some.map((finding) => findingOf(finding, row.uid)));
      listed = skip + some.length;
      after = listed === all.length ? row.id + 1 : row.id;
      if (listed === all.length) listed = 0;
      if (items.length >= limit) {
        const more = this.#findings.all({ trace, after, limit: 1 }).length > 0;
        return { items, next_cursor: more ? encodeCursor(list, { at: listed, id: after }) : null };
      }
    }
  }

  /** In the order in which they began; at most 1000. */
  children(traceId: string): TraceSummary[] {
    const id = this.#idOf(traceId);
    return id === null ? [] : this.#children.all({ id, limit: 1000 }).map(traceSummary);
  }

  messages(callId: string): StoredMessages | null {
    const uid = uidOrNull(callId);
    const row = uid && this.#messagesOf.get({ uid });
    if (!row) return null;
    const message = (id: number) =>
      unpackJson<never>((this.#document.get({ id }) as { data: Packed }).data) as ChatMessage;
    return {
      request: decodeDeltas(row.request_messages).map(message),
      response: decodeDeltas(row.response_messages).map(message),
      ...(row.history_complete === null ? {} : { history_complete: row.history_complete === 1 }),
    };
  }

  #page<R extends { id: number }, T>(
    list: string,
    traceId: string,
    cursor: string | null,
    limit: number,
    item: (row: R) => T,
    rows: (trace: number, after: number, count: number) => R[],
  ): Page<T> {
    const place = decodeCursor(list, cursor);
    const trace = this.#idOf(traceId);
    if (trace === null) return { items: [], next_cursor: null };
    const found = rows(trace, place?.id ?? -1, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(item),
      next_cursor: found.length > limit && last ? encodeCursor(list, { at: 0, id: last.id }) : null,
    };
  }

  #row(traceId: string): TraceRow | null {
    const uid = uidOrNull(traceId);
    return (uid && this.#summary.get({ uid })) ?? null;
  }
  #traceOf(traceId: string): { id: number; step_order: number } | null {
    const uid = uidOrNull(traceId);
    return (uid && this.#id.get({ uid })) ?? null;
  }
  #idOf(traceId: string): number | null {
    return this.#traceOf(traceId)?.id ?? null;
  }
}

function nothingRead(): ReadBefore {
  return { toolCalls: new Map(), message: null };
}
