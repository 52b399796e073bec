import { type QaStatus, type TraceSummary, type Usage, usageFields } from '../../../../shared/model/index.js';
import { uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';
import { reviewOf } from './review.js';
import { toldTime } from './told-time.js';

export type TraceRow = Omit<
  Schema['traces'],
  'id' | 'parent' | 'predecessor' | 'next_seq' | 'decision_count' | 'terms' | 'consent' | 'consent_own' | 'qa_results'
> & {
  id: number;
  parent_uid: Buffer | null;
  predecessor_uid: Buffer | null;
};

/** Traces with what a list shows of them. */
export function selectTraces() {
  return sqlBuilder
    .selectFrom('traces as t')
    .leftJoin('traces as up', 'up.id', 't.parent')
    .leftJoin('traces as before', 'before.id', 't.predecessor')
    .select([
      't.id',
      't.uid',
      't.kind',
      't.title',
      'up.uid as parent_uid',
      't.parent_step',
      'before.uid as predecessor_uid',
      't.source',
      't.started_at',
      't.undated',
      't.ended_at',
      't.completion_status',
      't.call_count',
      't.step_count',
      't.tool_call_count',
      't.error_count',
      't.finding_count',
      't.input_tokens',
      't.output_tokens',
      't.cached_input_tokens',
      't.cache_write_tokens',
      't.cache_write_1h_tokens',
      't.reasoning_tokens',
      't.cost_usd',
      't.models',
      't.tool_names',
      't.label',
      't.rating',
      't.tags',
      't.note',
      't.reviewed_at',
      't.reviewed_revision',
      't.reviewer',
      't.metadata',
      't.step_order',
      't.revision',
      't.qa_status',
    ]);
}

export function traceSummary(row: TraceRow): TraceSummary {
  return {
    trace_id: uidText(row.uid),
    kind: row.kind as TraceSummary['kind'],
    title: row.title,
    parent_trace_id: row.parent_uid && uidText(row.parent_uid),
    parent_step_id: row.parent_step && uidText(row.parent_step),
    predecessor_trace_id: row.predecessor_uid && uidText(row.predecessor_uid),
    source: JSON.parse(row.source) as TraceSummary['source'],
    started_at: toldTime(row.started_at, row.undated),
    ended_at: toldTime(row.ended_at, row.undated),
    completion_status: row.completion_status as TraceSummary['completion_status'],
    models: JSON.parse(row.models) as string[],
    tool_names: JSON.parse(row.tool_names) as string[],
    call_count: row.call_count,
    step_count: row.step_count,
    tool_call_count: row.tool_call_count,
    error_count: row.error_count,
    finding_count: row.finding_count,
    usage: usageOf(row),
    cost_usd: row.cost_usd,
    metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as TraceSummary['metadata']),
    step_order: row.step_order,
    revision: row.revision,
    ...qaStatusOf(row.qa_status),
    review: row.reviewed_at === null ? null : reviewOf(row),
  };
}

/** As the column has it: a status of a run of ours, `none`, or `sent`. */
function qaStatusOf(stored: string): Pick<TraceSummary, 'qa_status' | 'qa_origin'> {
  if (stored === 'sent') return { qa_status: 'done', qa_origin: 'sent' };
  return { qa_status: stored as QaStatus, qa_origin: stored === 'none' ? null : 'run' };
}

function usageOf(row: Pick<TraceRow, (typeof usageFields)[number]>): Usage {
  const usage: Usage = {};
  for (const field of usageFields) if (row[field] !== null) usage[field] = row[field];
  return usage;
}
