import { sql } from 'kysely';
import { type ChatMessage, type Json, type ToolCall, toIso } from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidText } from '../codec/uid.js';
import { partValue } from '../message-parts.js';
import { placesPerTrace, type Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';

/** A result as it is stored: by itself, or in a part of a message. */
export interface StoredResult {
  result: Packed | null;
  result_message: Packed | null;
  result_part: number | null;
}

export type ToolCallRow = Omit<
  Schema['tool_calls'],
  'call' | 'tool' | 'decision' | 'result_document' | keyof StoredResult
> &
  StoredResult & {
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
      .leftJoin('documents as kd', 'kd.id', 't.result_document')
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
        'kd.data as result_message',
        't.result_part',
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
    result: resultOf(row),
    status: row.status as ToolCall['status'],
    timestamp: toIso(row.at),
    duration_ms: row.duration_us === null ? null : row.duration_us / 1000,
    metadata: JSON.parse(row.metadata) as { [key: string]: Json },
  };
}

/** Null where there is none yet. */
export function resultOf(row: StoredResult): Json | null {
  if (row.result !== null) return unpackJson(row.result);
  if (row.result_message === null || row.result_part === null) return null;
  return partValue(unpackJson<ChatMessage>(row.result_message).parts[row.result_part]) ?? null;
}
