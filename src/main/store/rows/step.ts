import { type Step, toIso } from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidText } from '../codec/uid.js';
import { type Schema, seqOfRow } from '../schema.js';
import { sqlBuilder } from '../statements.js';

export type StepRow = Omit<Schema['steps'], 'call'> & {
  call_uid: Buffer | null;
  /** Of the tool call that the step shows. */
  name: string | null;
  status: string | null;
  arguments: Packed | null;
  result: Packed | null;
};

export function selectSteps() {
  return sqlBuilder
    .selectFrom('steps as s')
    .leftJoin('calls as c', 'c.id', 's.call')
    .leftJoin('tool_calls as k', 'k.id', 's.tool_call')
    .leftJoin('terms as n', 'n.id', 'k.tool')
    .select([
      's.id',
      's.uid',
      's.type',
      's.at',
      'c.uid as call_uid',
      's.tool_call',
      's.data',
      'n.value as name',
      'k.status',
      'k.arguments',
      'k.result',
    ]);
}

export function stepOf(row: StepRow): Step {
  return {
    step_id: uidText(row.uid),
    seq: seqOfRow(row.id),
    timestamp: toIso(row.at),
    call_id: row.call_uid && uidText(row.call_uid),
    type: row.type,
    ...unpackJson<object>(row.data),
    ...shown(row),
  } as Step;
}

function shown(row: StepRow): object {
  if (row.tool_call === null) return {};
  if (row.type === 'tool_result') return { result: row.result === null ? null : unpackJson(row.result) };
  return {
    name: row.name,
    arguments: row.arguments === null ? null : unpackJson(row.arguments),
    status: row.status,
  };
}
