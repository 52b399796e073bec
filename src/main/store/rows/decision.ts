import { type Decision, toIso } from '../../../shared/model/index.js';
import { unpackJson } from '../codec/pack.js';
import { uidText } from '../codec/uid.js';
import type { Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';

export type DecisionRow = Pick<Schema['decisions'], 'id' | 'uid' | 'at' | 'data' | 'outcome'> & {
  call_uid: Buffer | null;
};

export function selectDecisions() {
  return sqlBuilder
    .selectFrom('decisions as d')
    .leftJoin('calls as c', 'c.id', 'd.call')
    .select(['d.id', 'd.uid', 'd.at', 'd.data', 'd.outcome', 'c.uid as call_uid']);
}

export function decisionOf(row: DecisionRow, traceId: string): Decision {
  const decision: Decision = {
    decision_id: uidText(row.uid),
    trace_id: traceId,
    call_id: row.call_uid && uidText(row.call_uid),
    timestamp: toIso(row.at),
    ...unpackJson<Omit<Decision, 'decision_id' | 'trace_id' | 'call_id' | 'timestamp' | 'outcome'>>(row.data),
  };
  if (row.outcome !== null) decision.outcome = JSON.parse(row.outcome) as Decision['outcome'];
  return decision;
}
