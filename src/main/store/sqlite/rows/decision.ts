import type { Decision } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';
import { toldTime } from './told-time.js';

export type DecisionRow = Pick<Schema['decisions'], 'id' | 'uid' | 'at' | 'undated' | 'data' | 'outcome'> & {
  options: Packed;
  call_uid: Buffer | null;
};

export function selectDecisions() {
  return sqlBuilder
    .selectFrom('decisions as d')
    .innerJoin('documents as o', 'o.id', 'd.options')
    .leftJoin('calls as c', 'c.id', 'd.call')
    .select(['d.id', 'd.uid', 'd.at', 'd.data', 'd.outcome', 'd.undated', 'o.data as options', 'c.uid as call_uid']);
}

export function decisionOf(row: DecisionRow, traceId: string): Decision {
  const decision: Decision = {
    decision_id: uidText(row.uid),
    trace_id: traceId,
    call_id: row.call_uid && uidText(row.call_uid),
    timestamp: toldTime(row.at, row.undated),
    available_options: unpackJson<never>(row.options),
    ...unpackJson<Pick<Decision, 'context' | 'decision' | 'tool_call_ids' | 'reasoning' | 'confidence' | 'origin'>>(
      row.data,
    ),
  };
  if (row.outcome !== null) decision.outcome = JSON.parse(row.outcome) as Decision['outcome'];
  return decision;
}
