import type { Call, ToolOffer } from '../../../../shared/model/index.js';
import { unpackCall } from '../../codec/call-data.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';
import { toldTime } from './told-time.js';

export type CallRow = Pick<
  Schema['calls'],
  'id' | 'uid' | 'started_at' | 'undated' | 'duration_us' | 'ttft_us' | 'cost_usd' | 'data'
> & {
  exchange_uid: Buffer | null;
  parent_uid: Buffer | null;
  tools: Packed | null;
};

export function selectCalls() {
  return sqlBuilder
    .selectFrom('calls as c')
    .leftJoin('exchanges as x', 'x.id', 'c.id')
    .leftJoin('calls as up', 'up.id', 'c.parent')
    .leftJoin('documents as d', 'd.id', 'c.tools')
    .select([
      'c.id',
      'c.uid',
      'x.uid as exchange_uid',
      'up.uid as parent_uid',
      'c.started_at',
      'c.undated',
      'c.duration_us',
      'c.ttft_us',
      'c.cost_usd',
      'c.data',
      'd.data as tools',
    ]);
}

export function callOf(row: CallRow): Call {
  return {
    call_id: uidText(row.uid),
    exchange_id: row.exchange_uid && uidText(row.exchange_uid),
    parent_call_id: row.parent_uid && uidText(row.parent_uid),
    ...unpackCall(row.data),
    tools_offered: row.tools === null ? [] : unpackJson<ToolOffer[]>(row.tools),
    cost_usd: row.cost_usd,
    started_at: toldTime(row.started_at, row.undated),
    // What took no time at all was not measured.
    duration_ms: row.duration_us === 0 ? null : row.duration_us / 1000,
    ttft_ms: row.ttft_us === null ? null : row.ttft_us / 1000,
  };
}
