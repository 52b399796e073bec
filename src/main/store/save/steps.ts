import type { Micros, NewDecision, NewStep } from '../../../shared/model/index.js';
import { fromIso } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidBytes, uidText } from '../codec/uid.js';
import { encodeDeltas } from '../codec/varint.js';
import type { Documents } from '../dictionaries/documents.js';
import { type StepRow, selectSteps, stepOf } from '../sqlite/rows/step.js';
import { rowsOf, type Schema, stepTextRow, traceOfRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { type ContentParts, partSaying } from '../text/content-parts.js';
import { stepText } from '../text/step-text.js';
import type { TextIndex } from '../text/text-index.js';
import type { TraceState } from './traces.js';

/** The tool call whose arguments or result a step shows, where that one's row has them. */
export interface ShownToolCall {
  row: number;
}

type ReplacedColumns = 'id' | 'at' | 'document' | 'part' | 'data' | 'undated';

interface OfDocument {
  trace: number;
  call: number;
  document: number;
  parts: number;
  first: number;
  last: number;
}

interface StepOrigin {
  shown: ShownToolCall | null;
  parts: ContentParts;
  undated: boolean;
}

/** Stores steps and decisions at their places in the trace. */
export class StepSaver {
  readonly #documents: Documents;
  readonly #text: TextIndex;
  readonly #insert: Prepared<Schema['steps'], unknown>;
  readonly #insertDecision: Prepared<Schema['decisions'], unknown>;
  readonly #insertTime: Prepared<Schema['step_times'], unknown>;
  readonly #copyTimes: Prepared<{ trace: number; first: number; last: number }, unknown>;
  readonly #call: Prepared<{ uid: Buffer }, { id: number }>;
  readonly #textRows: Prepared<{ call: number; first: number; last: number }, { id: number; uid: Buffer }>;
  readonly #shown: Prepared<{ id: number }, StepRow>;
  readonly #update: Prepared<Pick<Schema['steps'], ReplacedColumns>, unknown>;
  readonly #ofDocument: Prepared<OfDocument, { id: number }>;
  readonly #deleteTime: Prepared<Schema['step_times'], unknown>;
  readonly #setCall: Prepared<{ id: number; call: number; at: number }, unknown>;
  readonly #delete: Prepared<{ id: number }, unknown>;
  #lastCall: { id: string; row: number | null } = { id: '', row: null };

  constructor(statements: Statements, documents: Documents, text: TextIndex) {
    this.#documents = documents;
    this.#text = text;
    this.#insert = statements.prepare<Schema['steps']>()((sql, p) =>
      sql.insertInto('steps').values({
        id: p('id'),
        uid: p('uid'),
        type: p('type'),
        at: p('at'),
        call: p('call'),
        tool_call: p('tool_call'),
        document: p('document'),
        part: p('part'),
        data: p('data'),
        undated: p('undated'),
      }),
    );
    this.#insertDecision = statements.prepare<Schema['decisions']>()((sql, p) =>
      sql.insertInto('decisions').values({
        id: p('id'),
        uid: p('uid'),
        call: p('call'),
        at: p('at'),
        tool_calls: p('tool_calls'),
        options: p('options'),
        data: p('data'),
        outcome: p('outcome'),
        undated: p('undated'),
      }),
    );
    this.#insertTime = statements.prepare<Schema['step_times']>()((sql, p) =>
      sql.insertInto('step_times').values({ trace: p('trace'), at: p('at'), step: p('step') }),
    );
    this.#copyTimes = statements.prepare<{ trace: number; first: number; last: number }>()((sql, p) =>
      sql
        .insertInto('step_times')
        .columns(['trace', 'at', 'step'])
        .expression((eb) =>
          eb
            .selectFrom('steps')
            .select((of) => [of.val(p('trace')).as('trace'), 'at', 'id'])
            .where('id', '>=', p('first'))
            .where('id', '<=', p('last')),
        ),
    );
    this.#call = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('calls').select('id').where('uid', '=', p('uid')),
    );
    this.#textRows = statements.prepare<{ call: number; first: number; last: number }>()((sql, p) =>
      sql
        .selectFrom('steps')
        .select(['id', 'uid'])
        .where('id', '>=', p('first'))
        .where('id', '<=', p('last'))
        .where('call', '=', p('call'))
        .where('type', 'in', ['message', 'reasoning']),
    );
    this.#shown = statements.prepare<{ id: number }>()((_, p) => selectSteps().where('s.id', '=', p('id')));
    this.#ofDocument = statements.prepare<OfDocument>()((sql, p) =>
      sql
        .selectFrom('steps as s')
        .select('s.id')
        .where('s.id', '>=', p('first'))
        .where('s.id', '<=', p('last'))
        .where('s.call', '=', p('call'))
        .where('s.document', '=', p('document'))
        .where((eb) =>
          eb.not(
            eb.exists(
              sql
                .selectFrom('step_labels as l')
                .select('l.id')
                .whereRef('l.step', '=', eb.ref('s.uid'))
                .where('l.trace', '=', p('trace')),
            ),
          ),
        )
        .orderBy('s.id')
        .limit(p('parts')),
    );
    this.#deleteTime = statements.prepare<Schema['step_times']>()((sql, p) =>
      sql
        .deleteFrom('step_times')
        .where('trace', '=', p('trace'))
        .where('at', '=', p('at'))
        .where('step', '=', p('step')),
    );
    this.#setCall = statements.prepare<{ id: number; call: number; at: number }>()((sql, p) =>
      sql
        .updateTable('steps')
        .set((eb) => ({
          call: p('call'),
          at: p('at'),
          undated: eb.selectFrom('calls as c').select('c.undated').where('c.id', '=', p('call')).$asScalar() as never,
        }))
        .where('id', '=', p('id')),
    );
    this.#delete = statements.prepare<{ id: number }>()((sql, p) => sql.deleteFrom('steps').where('id', '=', p('id')));
    this.#update = statements.prepare<Pick<Schema['steps'], ReplacedColumns>>()((sql, p) =>
      sql
        .updateTable('steps')
        .set({ at: p('at'), document: p('document'), part: p('part'), data: p('data'), undated: p('undated') })
        .where('id', '=', p('id')),
    );
  }

  /**
   * What a tool call's row or a message has is left out of the step and put back on reading: each stands once. `undated`: its time
   * only keeps the order.
   */
  add(step: NewStep, row: number, { shown, parts, undated }: StepOrigin): void {
    const { type, step_id, at, call_id, ...data } = step;
    if (shown !== null && type === 'tool_call') for (const key of ['name', 'arguments', 'status']) drop(data, key);
    if (shown !== null && type === 'tool_result') drop(data, 'result');
    const place = placeOf(step, shown, parts);
    if (place !== null) drop(data, 'message_hash');
    if (place !== null && place.part !== null) drop(data, type === 'tool_result' ? 'result' : 'content');
    this.#insert.run({
      id: row,
      uid: uidBytes(step_id),
      type,
      at,
      call: this.#callRow(call_id ?? null),
      tool_call: shown?.row ?? null,
      document: place?.document ?? null,
      part: place?.part ?? null,
      data: packJson(data),
      undated: undated ? 1 : 0,
    });
    if (shown === null) this.#text.add(stepTextRow(row), stepText(step));
  }

  /** Rows of the messages and the reasoning of a call, by the ids of their steps. */
  textRowsOf(call: number, trace: number): Map<string, number> {
    const rows = this.#textRows.all({ call, ...rowsOf(trace) });
    return new Map(rows.map(({ id, uid }) => [uidText(uid), id]));
  }

  /** Lets a step of a message say all of what it said a part of. */
  replace(step: NewStep, row: number, { parts, undated }: Omit<StepOrigin, 'shown'>): void {
    if (step.type !== 'message' && step.type !== 'reasoning') return;
    const { type, step_id: _, at, call_id: _call, ...data } = step;
    const place = placeOf(step, null, parts);
    if (place !== null) drop(data, 'message_hash');
    if (place !== null && place.part !== null) drop(data, 'content');
    const stood = this.#shown.get({ id: row });
    const { document = null, part = null } = place ?? {};
    this.#update.run({ id: row, at, document, part, data: packJson(data), undated: undated ? 1 : 0 });
    if (stood !== undefined) this.#text.replace(stepTextRow(row), stepText(stepOf(stood)), stepText(step));
  }

  /**
   * Takes the steps of a message from the call that told it: they go where another has steps of it, else they are that one's.
   * Those that a reviewer labelled stay. Answers how many are gone.
   */
  move(
    { id: trace, step_order }: Pick<TraceState, 'id' | 'step_order'>,
    said: { document: number; parts: number },
    from: string,
    to: { call_id: string; started_at: Micros },
  ): number {
    const [call, other] = [this.#callRow(from), this.#callRow(to.call_id)];
    if (call === null || other === null) return 0;
    const of = { trace, ...said, ...rowsOf(trace) };
    const there = this.#ofDocument.all({ ...of, call: other }).length > 0;
    const own = this.#ofDocument.all({ ...of, call });
    for (const { id } of own) {
      const step = this.#shown.get({ id }) as StepRow;
      this.#deleteTime.run({ trace, at: step.at, step: id });
      if (there) {
        if (step.tool_call === null) this.#text.replace(stepTextRow(id), stepText(stepOf(step)), '');
        this.#delete.run({ id });
      } else {
        this.#setCall.run({ id, call: other, at: to.started_at });
        if (step_order > 0) this.addTime(trace, to.started_at, id);
      }
    }
    return there ? own.length : 0;
  }

  /** Puts a step of a trace that is read by time in its place. */
  addTime(trace: number, at: number, row: number): void {
    this.#insertTime.run({ trace, at, step: row });
  }
  /** Begins to read a trace by time: all steps it has get their places. */
  orderByTime(trace: number): void {
    this.#copyTimes.run({ trace, ...rowsOf(trace) });
  }

  addDecision(decision: NewDecision, row: number, toolCalls: number[], undated: boolean): void {
    const { decision_id, trace_id: _, call_id, timestamp, available_options, outcome, ...data } = decision;
    const options = this.#documents.list(available_options);
    this.#documents.own(traceOfRow(row), [options]);
    this.#insertDecision.run({
      id: row,
      uid: uidBytes(decision_id),
      call: this.#callRow(call_id),
      at: fromIso(timestamp),
      tool_calls: encodeDeltas(toolCalls),
      options,
      data: packJson(data),
      outcome: outcome === undefined ? null : JSON.stringify(outcome),
      undated: undated ? 1 : 0,
    });
  }

  #callRow(callId: string | null): number | null {
    if (callId === null) return null;
    // Nearly every step belongs to the call that brought it.
    if (callId !== this.#lastCall.id) {
      this.#lastCall = { id: callId, row: this.#call.get({ uid: uidBytes(callId) })?.id ?? null };
    }
    return this.#lastCall.row;
  }

  /** Forgets what a rollback may have taken back. */
  forget(): void {
    this.#lastCall = { id: '', row: null };
  }
}

/** The message that a step came in, and the part of it that says what the step says. */
function placeOf(
  step: NewStep,
  shown: ShownToolCall | null,
  parts: ContentParts,
): { document: number; part: number | null } | null {
  const hash = 'message_hash' in step ? step.message_hash : undefined;
  const found = hash === undefined ? null : parts.message(hash);
  if (!found) return null;
  const { document, message } = found;
  if (step.type === 'message' || step.type === 'reasoning') {
    return { document, part: partSaying(message, step.content) };
  }
  if (step.type === 'tool_result' && shown === null) return { document, part: partSaying(message, step.result) };
  return { document, part: null };
}

function drop(data: object, key: string): void {
  delete (data as Record<string, unknown>)[key];
}
