import { sql } from 'kysely';
import { type ChatMessage, type EffectJoin, type Json, type ToolCall, toIso } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import { partValue } from '../../text/content-parts.js';
import { placesPerTrace, type Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';
import { toldTime } from './told-time.js';

/** A result as it is stored: by itself, or in a part of a message. */
export interface StoredResult {
  result: Packed | null;
  result_message: Packed | null;
  result_part: number | null;
}

export type ToolCallRow = Omit<
  Schema['tool_calls'],
  'call' | 'tool' | 'decision' | 'effect' | 'effect_keys' | keyof StoredResult
> &
  StoredResult &
  EffectColumns & {
    name: string;
    trace_uid: Buffer;
    call_uid: Buffer | null;
  };

/** What a tool call shows of its first effect; all null where it has none. */
interface EffectColumns {
  effect_uid: Buffer | null;
  effect_exchange_uid: Buffer | null;
  effect_protocol: string | null;
  effect_server: string | null;
  effect_name: string | null;
  effect_status: string | null;
  effect_started_at: number | null;
  effect_ended_at: number | null;
  effect_joined: string | null;
  arguments_altered: number | null;
  result_altered: number | null;
}

export function selectToolCalls() {
  return (
    sqlBuilder
      .selectFrom('tool_calls as t')
      .innerJoin('terms as n', 'n.id', 't.tool')
      // A literal: a bound number would be a float, and the division one too.
      .innerJoin('traces as r', (join) => join.on('r.id', '=', sql<number>`t.id / ${sql.lit(placesPerTrace)}`))
      .leftJoin('calls as c', 'c.id', 't.call')
      .leftJoin('documents as kd', 'kd.id', 't.result_document')
      .leftJoin('effects as e', 'e.id', 't.effect')
      .leftJoin('exchanges as ex', 'ex.id', 'e.exchange')
      .select([
        'e.uid as effect_uid',
        'ex.uid as effect_exchange_uid',
        'e.protocol as effect_protocol',
        'e.server as effect_server',
        'e.name as effect_name',
        'e.status as effect_status',
        'e.started_at as effect_started_at',
        'e.ended_at as effect_ended_at',
        'e.joined as effect_joined',
        'e.arguments_altered',
        'e.result_altered',
        't.effect_state',
      ])
      .select([
        't.id',
        't.tool_call_id',
        'r.uid as trace_uid',
        't.undated',
        'c.uid as call_uid',
        't.step',
        'n.value as name',
        't.status',
        't.at',
        't.duration_us',
        't.arguments',
        't.result',
        't.result_document',
        'kd.data as result_message',
        't.result_part',
        't.metadata',
        't.suspicion',
        't.suspicion_reason',
      ])
  );
}

/** The message that was unpacked last: results of parallel calls are parts of one, which may be large. */
export interface LastMessage {
  /** Its row. */
  document: number | null;
  parts: ChatMessage['parts'];
}

export function toolCallOf(row: ToolCallRow, last?: LastMessage): ToolCall {
  return {
    tool_call_id: row.tool_call_id,
    trace_id: uidText(row.trace_uid),
    call_id: row.call_uid && uidText(row.call_uid),
    step_id: row.step && uidText(row.step),
    name: row.name,
    arguments: unpackJson(row.arguments),
    result: last === undefined ? resultOf(row) : resultIn(row, last),
    status: row.status as ToolCall['status'],
    timestamp: toldTime(row.at, row.undated),
    duration_ms: row.duration_us === null ? null : row.duration_us / 1000,
    suspicion: row.suspicion,
    suspicion_reason: row.suspicion_reason,
    metadata: { ...(JSON.parse(row.metadata) as { [key: string]: Json }), ...wireOf(row) },
  };
}

/** What is known of it on the wire: `effect`, or `claimed_never_sent` where its server was watched and saw nothing. */
function wireOf(row: ToolCallRow): { [key: string]: Json } {
  if (row.effect_state === 'never_sent') return { claimed_never_sent: true };
  if (row.effect_uid === null || row.effect_joined === null || row.effect_started_at === null) return {};
  const { basis, confidence, evidence } = JSON.parse(row.effect_joined) as EffectJoin;
  return {
    effect: {
      effect_id: uidText(row.effect_uid),
      exchange_id: row.effect_exchange_uid && uidText(row.effect_exchange_uid),
      protocol: row.effect_protocol,
      server: row.effect_server,
      name: row.effect_name,
      status: row.effect_status,
      started_at: toIso(row.effect_started_at),
      duration_ms: row.effect_ended_at === null ? null : (row.effect_ended_at - row.effect_started_at) / 1000,
      arguments_altered: row.arguments_altered === 1,
      result_altered: row.result_altered === null ? null : row.result_altered === 1,
      join: { basis, confidence, evidence },
    },
  };
}

function resultIn(row: ToolCallRow, last: LastMessage): Json | null {
  const { result_document, result_message, result_part } = row;
  if (row.result !== null || result_message === null || result_part === null) return resultOf(row);
  if (last.document !== result_document) {
    last.document = result_document;
    last.parts = unpackJson<ChatMessage>(result_message).parts;
  }
  return partValue(last.parts[result_part]) ?? null;
}

/** Null where there is none yet. */
export function resultOf(row: StoredResult): Json | null {
  if (row.result !== null) return unpackJson(row.result);
  if (row.result_message === null || row.result_part === null) return null;
  return partValue(unpackJson<ChatMessage>(row.result_message).parts[row.result_part]) ?? null;
}
