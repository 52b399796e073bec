import { SluiceError } from '../../../../shared/errors.js';
import { uuidv7 } from '../../../../shared/ids.js';
import type { Compared, Comparison, Corrected, Correction, Step, StepLabel } from '../../../../shared/model/index.js';
import { uidBytes, uidOrNull, uidText } from '../../codec/uid.js';
import { decodeDeltas } from '../../codec/varint.js';
import {
  type ComparisonRow,
  type CorrectionRow,
  comparisonOf,
  correctionOf,
  type StepLabelRow,
  selectComparisons,
  selectCorrections,
  selectStepLabels,
  stepLabelOf,
} from '../../sqlite/rows/labels.js';
import { selectSteps, stepOf } from '../../sqlite/rows/step.js';
import { rowsOf } from '../../sqlite/schema.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Prepared, Statements } from '../../sqlite/statements.js';
import type { Act, Acts, Change } from './acts.js';
import type { State } from './entities.js';

/** Who says it, and when; `id` where it was said elsewhere under one. */
export interface Saying {
  reviewer: string;
  at: number;
  id?: string;
  /** When it was said first; `at` where absent. */
  made?: number;
  /** Revision of the trace that it was said of; the one it has now where absent. */
  revision?: number;
  /** Whether what another reviewer said may go. */
  ofOthers?: boolean;
  /** What it is a part of, where it is not an act of its own. */
  act?: Act & { at: number };
}

export type NewStepLabel = Pick<StepLabel, 'step_id' | 'value' | 'better' | 'comment'> & { first_wrong?: boolean };

interface TraceRow {
  id: number;
  revision: number;
  step_order: number;
}

/** Steps that a first wrong one may have before it. */
const mostSteps = 20_000;

/** Corrections, step labels and comparisons. What they are about must be there. */
export class LabelCommands {
  readonly #sql: Sql;
  readonly #acts: Acts;
  readonly #steps: Prepared<{ first: number; last: number }, Parameters<typeof stepOf>[0]>;

  constructor(sql: Sql, statements: Statements, acts: Acts) {
    this.#sql = sql;
    this.#acts = acts;
    this.#steps = statements.prepare<{ first: number; last: number }>()((_, p) =>
      selectSteps().where('s.id', '>=', p('first')).where('s.id', '<=', p('last')).orderBy('s.id').limit(mostSteps),
    );
  }

  /** @throws SluiceError `not_found` */
  correct(traceId: string, what: Corrected, comment: string, saying: Saying): Correction {
    const trace = this.#trace(traceId);
    this.#mustHold(trace, what);
    const uid = uidBytes(saying.id ?? uuidv7());
    const state = { ...labelState(trace, comment, saying), what: JSON.stringify(what) };
    this.#perform('correct', correctionTitle(what), saying, [this.#acts.change('correction', uid, state)]);
    return this.#correction(uid);
  }

  /** @throws SluiceError `not_found`, `label_of_another`, `validation_failed` where it would correct something else */
  editCorrection(correctionId: string, what: Corrected, comment: string, saying: Saying): Correction {
    const { uid, state } = this.#found('correction', correctionId);
    if (state.reviewer !== saying.reviewer) throw labelOfAnother(state);
    const before = JSON.parse(state.what as string) as Corrected;
    if (placeOf(before) !== placeOf(what)) {
      throw new SluiceError('validation_failed', 'A correction stays with what it corrects; make another one.');
    }
    const next = {
      ...state,
      updated_at: saying.at,
      trace_revision: this.#revisionOf(state.trace as number),
      comment,
      what: JSON.stringify(what),
    };
    this.#perform('correct', correctionTitle(what), saying, [this.#acts.change('correction', uid, next)]);
    return this.#correction(uid);
  }

  /** @throws SluiceError `label_of_another` */
  remove(entity: 'correction' | 'step_label' | 'comparison', id: string, saying: Saying): boolean {
    const uid = uidOrNull(id);
    const change = uid && this.#acts.change(entity, uid, null);
    if (!change) return false;
    const { before } = change;
    if (before !== null && before.reviewer !== saying.reviewer && !saying.ofOthers) throw labelOfAnother(before);
    const title = { correction: 'Correction', step_label: 'Step label', comparison: 'Comparison' }[entity];
    this.#perform(`remove_${entity}`, `${title} removed`, saying, [change]);
    return true;
  }

  /** @throws SluiceError `not_found` */
  labelStep(traceId: string, newLabel: NewStepLabel, saying: Saying): StepLabel {
    const trace = this.#trace(traceId);
    const step = uidOrNull(newLabel.step_id);
    if (step === null || !this.#hasStep(trace.id, step)) throw missingIn('step');
    const uid = saying.id === undefined ? this.#stepLabelOf(trace.id, step, saying.reviewer) : uidBytes(saying.id);
    const change = this.#stepLabel(trace, step, uid, newLabel, saying);
    this.#perform('label_step', `Step label ${newLabel.value}`, saying, [change]);
    return stepLabelOf(this.#sql(`${selectStepLabels} WHERE l.uid = ?`).get(uid) as StepLabelRow);
  }

  /** -1 for a step, 1 for what the agent did before it, nothing behind it. @throws SluiceError `not_found` */
  firstWrong(traceId: string, stepId: string, comment: string, saying: Saying): { labelled: number; removed: number } {
    const trace = this.#trace(traceId);
    const steps = this.#stepsOf(trace);
    const place = steps.findIndex(({ step_id }) => step_id === stepId.toLowerCase());
    if (place < 0) throw missingIn('step');
    const changes: (Change | null)[] = [];
    let labelled = 0;
    for (const step of steps.slice(0, place + 1)) {
      const wrong = step.step_id === stepId.toLowerCase();
      if (!wrong && !isAgents(step)) continue;
      const uid = uidBytes(step.step_id);
      const newLabel = {
        step_id: step.step_id,
        value: wrong ? -1 : 1,
        better: null,
        comment: wrong ? comment : '',
      } as const;
      const label = this.#stepLabelOf(trace.id, uid, saying.reviewer);
      const stood = this.#acts.get('step_label', label)?.state;
      const kept = stood !== undefined && stood.value === newLabel.value && wrong ? stood.better : null;
      const change = this.#stepLabel(trace, uid, label, { ...newLabel, first_wrong: wrong }, saying, kept ?? null);
      changes.push(change);
      labelled += 1;
    }
    const later = steps.slice(place + 1).flatMap(({ step_id }) => {
      const found = this.#sql('SELECT uid FROM step_labels WHERE trace = ? AND step = ? AND reviewer = ?').get(
        trace.id,
        uidBytes(step_id),
        saying.reviewer,
      ) as { uid: Buffer } | undefined;
      return found === undefined ? [] : [this.#acts.change('step_label', found.uid, null)];
    });
    this.#perform('first_wrong_step', 'First wrong step', saying, [...changes, ...later]);
    return { labelled, removed: later.length };
  }

  /** @throws SluiceError `not_found`, `validation_failed` */
  compare(
    a: Compared,
    b: Compared,
    preferred: Comparison['preferred'],
    reason: string,
    saying: Saying & { otherRevision?: number },
  ): Comparison {
    const [one, two] = [this.#compared(a), this.#compared(b)];
    if (one.trace.id === two.trace.id && (one.call ?? '') === (two.call ?? '')) {
      throw new SluiceError('validation_failed', 'Name two that are not the same.');
    }
    if ((one.call === null) !== (two.call === null)) {
      throw new SluiceError('validation_failed', 'Compare two traces, or two calls.');
    }
    const stood = this.#comparisonOf(one, two, saying.reviewer);
    const uid = saying.id === undefined ? (stood ?? uidBytes(uuidv7())) : uidBytes(saying.id);
    const before = this.#acts.get('comparison', uid)?.state;
    const change = this.#acts.change('comparison', uid, {
      ...labelState(one.trace, reason, saying),
      created_at: before?.created_at ?? saying.made ?? saying.at,
      call: one.call,
      other: two.trace.id,
      other_call: two.call,
      other_revision: Math.min(saying.otherRevision ?? two.trace.revision, two.trace.revision),
      preferred,
    });
    const replaced = stood === null || stood.equals(uid) ? null : this.#acts.change('comparison', stood, null);
    this.#perform('compare', `Comparison: ${preferredTitle[preferred]}`, saying, [replaced, change]);
    return comparisonOf(this.#sql(`${selectComparisons} WHERE l.uid = ?`).get(uid) as ComparisonRow);
  }

  #perform(kind: string, title: string, { reviewer, at, act }: Saying, changes: (Change | null)[]): void {
    this.#acts.perform(act ?? { reviewer, kind, title }, changes, act?.at ?? at);
  }

  #stepLabel(
    trace: TraceRow,
    step: Buffer,
    uid: Buffer,
    newLabel: NewStepLabel,
    saying: Saying,
    better: State[string] = newLabel.better === null ? null : JSON.stringify(newLabel.better),
  ): Change | null {
    const before = this.#acts.get('step_label', uid)?.state;
    // A better step, or other words, leave it the first wrong one.
    const stays = before?.first_wrong === 1 && before.value === newLabel.value;
    return this.#acts.change('step_label', uid, {
      ...labelState(trace, newLabel.comment, saying),
      created_at: before?.created_at ?? saying.made ?? saying.at,
      step: uidText(step),
      value: newLabel.value,
      first_wrong: (newLabel.first_wrong ?? stays) ? 1 : 0,
      better,
    });
  }

  /** The label that a reviewer has of a step already, or the id of a new one. */
  #stepLabelOf(trace: number, step: Buffer, reviewer: string): Buffer {
    const row = this.#sql('SELECT uid FROM step_labels WHERE trace = ? AND step = ? AND reviewer = ?').get(
      trace,
      step,
      reviewer,
    ) as { uid: Buffer } | undefined;
    return row?.uid ?? uidBytes(uuidv7());
  }

  /** What a reviewer said of two already, in whichever order. */
  #comparisonOf(one: Side, two: Side, reviewer: string): Buffer | null {
    const find = this.#sql(
      `SELECT uid FROM comparisons WHERE trace = ? AND other = ? AND reviewer = ? AND call IS ? AND other_call IS ?`,
    );
    const bytes = (id: string | null) => (id === null ? null : uidBytes(id));
    for (const [x, y] of [
      [one, two],
      [two, one],
    ] as const) {
      const row = find.get(x.trace.id, y.trace.id, reviewer, bytes(x.call), bytes(y.call)) as
        | { uid: Buffer }
        | undefined;
      if (row !== undefined) return row.uid;
    }
    return null;
  }

  #compared({ trace_id, call_id }: Compared): Side {
    const trace = this.#trace(trace_id);
    if (call_id === null) return { trace, call: null };
    const uid = uidOrNull(call_id);
    if (uid === null || this.#choicesOf(trace.id, uid) === null) throw missingIn('call');
    return { trace, call: uidText(uid) };
  }

  #mustHold(trace: TraceRow, what: Corrected): void {
    if (what.kind === 'step') {
      const step = uidOrNull(what.step_id);
      if (step === null || !this.#hasStep(trace.id, step)) throw missingIn('step');
      return;
    }
    const call = what.call_id === null ? null : uidOrNull(what.call_id);
    const choices = call === null ? null : this.#choicesOf(trace.id, call);
    if (what.call_id !== null && choices === null) throw missingIn('call');
    if (what.kind === 'message') {
      if ((choices ?? 0) <= what.choice) throw missingIn('answer of this call');
      return;
    }
    const { first, last } = rowsOf(trace.id);
    const found = this.#sql(
      `SELECT 1 FROM tool_calls AS k LEFT JOIN calls AS c ON c.id = k.call
       WHERE k.id BETWEEN ? AND ? AND k.tool_call_id = ? AND c.uid IS ?`,
    ).get(first, last, what.tool_call_id, call);
    if (found === undefined) throw missingIn('tool call');
  }

  /** How many answers a call of this trace has; null where it is none of it. */
  #choicesOf(trace: number, call: Buffer): number | null {
    const row = this.#sql('SELECT response_messages FROM calls WHERE uid = ? AND trace = ?').get(call, trace) as
      | { response_messages: Buffer }
      | undefined;
    return row === undefined ? null : decodeDeltas(row.response_messages).length;
  }

  #hasStep(trace: number, step: Buffer): boolean {
    const { first, last } = rowsOf(trace);
    return this.#sql('SELECT 1 FROM steps WHERE id BETWEEN ? AND ? AND uid = ?').get(first, last, step) !== undefined;
  }

  #stepsOf(trace: TraceRow): Step[] {
    const rows = this.#steps.all(rowsOf(trace.id));
    if (trace.step_order > 0) rows.sort((a, b) => a.at - b.at || a.id - b.id);
    return rows.map((row, index) => stepOf(row, index));
  }

  #trace(traceId: string): TraceRow {
    const uid = uidOrNull(traceId);
    const row = uid && this.#sql('SELECT id, revision, step_order FROM traces WHERE uid = ?').get(uid);
    if (!row) throw new SluiceError('not_found', 'There is no such trace.');
    return row as TraceRow;
  }

  #revisionOf(trace: number): number {
    return (this.#sql('SELECT id, revision FROM traces WHERE id = ?').get(trace) as TraceRow).revision;
  }

  #found(entity: 'correction', id: string): { uid: Buffer; state: State } {
    const uid = uidOrNull(id);
    const found = uid && this.#acts.get(entity, uid);
    if (!found) throw new SluiceError('not_found', `There is no such ${entity}.`);
    return { uid, state: found.state };
  }

  #correction(uid: Buffer): Correction {
    return correctionOf(this.#sql(`${selectCorrections} WHERE l.uid = ?`).get(uid) as CorrectionRow);
  }
}

interface Side {
  trace: TraceRow;
  call: string | null;
}

const preferredTitle = { a: 'the first', b: 'the second', tie: 'a tie', both_bad: 'both bad' } as const;

function labelState(trace: TraceRow, comment: string, { reviewer, at, made, revision }: Saying) {
  return {
    trace: trace.id,
    reviewer,
    created_at: made ?? at,
    updated_at: at,
    trace_revision: Math.min(revision ?? trace.revision, trace.revision),
    comment,
  };
}

function correctionTitle({ kind }: Corrected): string {
  return { message: 'Correction of a message', tool_call: 'Correction of a tool call', step: 'Correction of a step' }[
    kind
  ];
}

function placeOf(what: Corrected): string {
  const { corrected: _, ...place } = what;
  return JSON.stringify(Object.entries(place).sort());
}

export function labelOfAnother({ reviewer }: State): SluiceError {
  return new SluiceError('label_of_another', `That is what ${reviewer} said.`);
}

function missingIn(what: string): SluiceError {
  return new SluiceError('not_found', `The trace has no such ${what}.`);
}

/** What the agent did, of its own accord: what others say or return is not its doing. */
function isAgents(step: Step): boolean {
  if (step.type === 'message') return step.role === 'assistant';
  return agentSteps.has(step.type);
}
const agentSteps: ReadonlySet<Step['type']> = new Set([
  'reasoning',
  'tool_call',
  'decision',
  'reasoning_step',
  'file_open',
  'file_close',
  'code_edit',
  'terminal_command',
]);
