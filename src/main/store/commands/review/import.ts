import { SluiceError } from '../../../../shared/errors.js';
import { fromIso, type LabelLine } from '../../../../shared/model/index.js';
import { uidBytes } from '../../codec/uid.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Acts } from './acts.js';
import type { Entity, State } from './entities.js';
import { type LabelCommands, labelOfAnother, type Saying } from './labels.js';

export interface LabelLineResult {
  outcome: 'stored' | 'updated' | 'unchanged' | 'failed';
  code: string | null;
  message: string | null;
}

interface Dependencies {
  acts: Acts;
  labels: LabelCommands;
  sql: Sql;
}

const idOf = {
  review: (line: LabelLine & { type: 'review' }) => line.trace_id,
  correction: (line: LabelLine & { type: 'correction' }) => line.correction_id,
  step_label: (line: LabelLine & { type: 'step_label' }) => line.step_label_id,
  comparison: (line: LabelLine & { type: 'comparison' }) => line.comparison_id,
} as const;

/**
 * Takes one line of a label file. What is here under its id already stays where it is as new as the line, or newer.
 * @param alone runs it so that its failure undoes nothing else
 */
export function importLabel(
  parts: Dependencies,
  line: LabelLine,
  by: { reviewer: string; bulk: string; ofOthers: boolean },
  now: number,
  alone: <T>(work: () => T) => T,
): LabelLineResult {
  const uid = uidBytes((idOf[line.type] as (line: LabelLine) => string)(line));
  try {
    return alone(() => {
      const before = parts.acts.get(line.type, uid)?.state ?? null;
      if (before !== null && line.type !== 'review' && before.reviewer !== by.reviewer && !by.ofOthers)
        throw labelOfAnother(before);
      if (before !== null && timeOf(line.type, before) >= fromIso(line.updated_at)) return result('unchanged');
      take(parts, line, uid, before, by, now);
      const after = parts.acts.get(line.type, uid)?.state ?? null;
      const same = JSON.stringify(before) === JSON.stringify(after);
      const fresh = before === null || (line.type === 'review' && before.reviewed_at === null);
      return result(same ? 'unchanged' : fresh ? 'stored' : 'updated');
    });
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { outcome: 'failed', code: error.code, message: error.message };
  }
}

function result(outcome: LabelLineResult['outcome']): LabelLineResult {
  return { outcome, code: null, message: null };
}

function timeOf(entity: Entity, state: State): number {
  return Number((entity === 'review' ? state.reviewed_at : state.updated_at) ?? Number.NEGATIVE_INFINITY);
}

function take(
  { acts, labels, sql }: Dependencies,
  line: LabelLine,
  uid: Buffer,
  before: State | null,
  by: { reviewer: string; bulk: string },
  now: number,
): void {
  const act = { reviewer: by.reviewer, kind: 'import', title: 'Labels imported', bulk: uidBytes(by.bulk), at: now };
  if (line.type === 'review') {
    const trace = sql('SELECT revision FROM traces WHERE uid = ?').get(uid) as { revision: number } | undefined;
    if (trace === undefined || before === null) throw new SluiceError('not_found', 'There is no such trace.');
    const change = acts.change('review', uid, {
      label: line.label,
      rating: line.rating,
      tags: JSON.stringify([...new Set(line.tags)]),
      note: line.note,
      reviewed_at: fromIso(line.updated_at),
      reviewed_revision: Math.min(line.trace_revision ?? trace.revision, trace.revision),
      reviewer: line.reviewer ?? null,
    });
    acts.perform(act, [change], now);
    return;
  }
  const saying = (revision: number): Saying => ({
    reviewer: line.reviewer,
    at: fromIso(line.updated_at),
    made: fromIso(line.created_at),
    revision,
    act,
  });
  if (line.type === 'correction') {
    labels.correct(line.trace_id, line.what, line.comment, { ...saying(line.trace_revision), id: line.correction_id });
  } else if (line.type === 'step_label') {
    labels.labelStep(line.trace_id, line, { ...saying(line.trace_revision), id: line.step_label_id });
  } else {
    labels.compare(line.a, line.b, line.preferred, line.reason, {
      ...saying(line.a_revision),
      otherRevision: line.b_revision,
      id: line.comparison_id,
    });
  }
}
