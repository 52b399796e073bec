import { type Comparison, type Correction, type StepLabel, toIso } from '../../../../shared/model/index.js';
import { type Packed, unpackJson, unpackText } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';

/** `revision`: of the trace now, `trace_uid` its id. */
interface LabelRow {
  uid: Buffer;
  trace_uid: Buffer;
  revision: number;
  reviewer: string;
  created_at: number;
  updated_at: number;
  trace_revision: number;
  comment: Packed;
}
export type CorrectionRow = LabelRow & { what: Packed };
export type StepLabelRow = LabelRow & { step: Buffer; value: number; first_wrong: number; better: Packed | null };
export type ComparisonRow = LabelRow & {
  call: Buffer | null;
  other_uid: Buffer;
  other_now: number;
  other_call: Buffer | null;
  other_revision: number;
  preferred: string;
};

const ofTrace =
  'l.uid, t.uid AS trace_uid, t.revision, l.reviewer, l.created_at, l.updated_at, l.trace_revision, l.comment';

/** Rows of labels with what they belong to; conditions follow. */
export const selectCorrections = `SELECT ${ofTrace}, l.what FROM corrections AS l JOIN traces AS t ON t.id = l.trace`;
export const selectStepLabels = `SELECT ${ofTrace}, l.step, l.value, l.first_wrong, l.better
  FROM step_labels AS l JOIN traces AS t ON t.id = l.trace`;
export const selectComparisons = `SELECT ${ofTrace}, l.call, o.uid AS other_uid, o.revision AS other_now, l.other_call,
  l.other_revision, l.preferred FROM comparisons AS l JOIN traces AS t ON t.id = l.trace JOIN traces AS o ON o.id = l.other`;

function labelFields(row: LabelRow) {
  return {
    trace_id: uidText(row.trace_uid),
    reviewer: row.reviewer,
    comment: unpackText(row.comment),
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
    trace_revision: row.trace_revision,
    stale: row.trace_revision < row.revision,
  };
}

export function correctionOf(row: CorrectionRow): Correction {
  return { correction_id: uidText(row.uid), ...labelFields(row), what: unpackJson<never>(row.what) };
}

export function stepLabelOf(row: StepLabelRow): StepLabel {
  return {
    step_label_id: uidText(row.uid),
    ...labelFields(row),
    step_id: uidText(row.step),
    value: row.value as StepLabel['value'],
    first_wrong: row.first_wrong === 1,
    better: row.better === null ? null : unpackJson<never>(row.better),
  };
}

export function comparisonOf(row: ComparisonRow): Comparison {
  const { trace_id, comment, trace_revision, stale, ...rest } = labelFields(row);
  return {
    comparison_id: uidText(row.uid),
    a: { trace_id, call_id: row.call && uidText(row.call) },
    b: { trace_id: uidText(row.other_uid), call_id: row.other_call && uidText(row.other_call) },
    preferred: row.preferred as Comparison['preferred'],
    reason: comment,
    ...rest,
    a_revision: trace_revision,
    b_revision: row.other_revision,
    stale: stale || row.other_revision < row.other_now,
  };
}
