import { sql } from 'kysely';
import { type Json, type ToolCall, toIso } from '../../../shared/model/index.js';
import { unpackJson } from '../codec/pack.js';
import { uidText } from '../codec/uid.js';
import { placesPerTrace, type Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';

export type ToolCallRow = Omit<Schema['tool_calls'], 'call' | 'tool' | 'decision'> & {
  name: string;
  trace_uid: Buffer;
  call_uid: Buffer | null;
};

export function selectToolCalls() {
  return (
    sqlBuilder
      .selectFrom('tool_calls as t')
      .innerJoin('terms as n', 'n.id', 't.tool')
      // A literal: a bound number would be a float, and the division one too.
      .innerJoin('traces as r', (join) => join.on('r.id', '=', sql<number>`t.id / ${sql.lit(placesPerTrace)}`))
      .leftJoin('calls as c', 'c.id', 't.call')
      .select([
        't.id',
        't.tool_call_id',
        'r.uid as trace_uid',
        'c.uid as call_uid',
        't.step',
        'n.value as name',
        't.status',
        't.at',
        't.duration_us',
        't.arguments',
        't.result',
        't.metadata',
      ])
  );
}

export function toolCallOf(row: ToolCallRow): ToolCall {
  return {
    tool_call_id: row.tool_call_id,
    trace_id: uidText(row.trace_uid),
    call_id: row.call_uid && uidText(row.call_uid),
    step_id: row.step && uidText(row.step),
    name: row.name,
    arguments: unpackJson(row.arguments),
    result: row.result === null ? null : unpackJson(row.result),
    status: row.status as ToolCall['status'],
    timestamp: toIso(row.at),
    duration_ms: row.duration_us === null ? null : row.duration_us / 1000,
    metadata: JSON.parse(row.metadata) as { [key: string]: Json },
  };
}
