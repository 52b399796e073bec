import type { Json, Page, TraceLabels } from '../../../../shared/model/index.js';
import { uidOrNull, uidText } from '../../codec/uid.js';
import { find } from '../../find/find.js';
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
import { type ReviewRow, reviewOf } from '../../sqlite/rows/review.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Statements } from '../../sqlite/statements.js';
import type { ListOptions } from '../lists.js';

/** What reviewers said of traces besides their reviews. */
export class LabelReads {
  readonly #sql: Sql;
  readonly #statements: Statements;

  constructor(sql: Sql, statements: Statements) {
    this.#sql = sql;
    this.#statements = statements;
  }

  of(traceId: string): TraceLabels | null {
    const uid = uidOrNull(traceId);
    const trace = uid && (this.#sql('SELECT id, uid FROM traces WHERE uid = ?').get(uid) as { id: number } | undefined);
    return trace ? this.#of(trace.id, uidText(uid)) : null;
  }

  #of(trace: number, trace_id: string): TraceLabels {
    const ofTrace = (select: string) => this.#sql(`${select} WHERE l.trace = ? ORDER BY l.created_at, l.id`).all(trace);
    const comparisons = [
      ...(ofTrace(selectComparisons) as ComparisonRow[]),
      ...(this.#sql(`${selectComparisons} WHERE l.other = ?1 AND l.trace <> ?1 ORDER BY l.created_at, l.id`).all(
        trace,
      ) as ComparisonRow[]),
    ];
    return {
      trace_id,
      corrections: (ofTrace(selectCorrections) as CorrectionRow[]).map(correctionOf),
      step_labels: (ofTrace(selectStepLabels) as StepLabelRow[]).map(stepLabelOf),
      comparisons: comparisons.sort((a, b) => a.created_at - b.created_at).map(comparisonOf),
    };
  }

  /** Lines of the label file for a page of traces: review, corrections, step labels, comparisons that begin with the trace. */
  lines({ query, cursor, limit, without }: ListOptions, now: number): Page<Json> {
    const labelled = '(is:reviewed OR has:correction OR has:step_label OR has:comparison)';
    const among = query.trim() === '' ? labelled : `(${query}) ${labelled}`;
    const found = find(this.#statements, { scope: 'traces', query: among, without, limit, cursor, now });
    return { items: found.ids.flatMap((id) => this.#linesOf(id)), next_cursor: found.next_cursor };
  }

  #linesOf(id: number): Json[] {
    const row = this.#sql(
      'SELECT uid, label, rating, tags, note, reviewed_at, reviewed_revision, reviewer FROM traces WHERE id = ?',
    ).get(id) as ReviewRow | undefined;
    if (row === undefined) return [];
    const trace_id = uidText(row.uid);
    const { corrections, step_labels, comparisons } = this.#of(id, trace_id);
    const line = <T extends object>(type: string, value: T) => ({ type, ...value }) as unknown as Json;
    return [
      ...(row.reviewed_at === null ? [] : [line('review', reviewOf(row))]),
      ...corrections.map((each) => line('correction', each)),
      ...step_labels.map((each) => line('step_label', each)),
      ...comparisons.filter(({ a }) => a.trace_id === trace_id).map((each) => line('comparison', each)),
    ];
  }
}
