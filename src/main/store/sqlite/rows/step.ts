import type { ChatMessage, Step, ToolCall } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import { partValue } from '../../text/content-parts.js';
import { type Schema, seqOfRow } from '../schema.js';
import { sqlBuilder } from '../statements.js';
import { toldTime } from './told-time.js';
import { resultOf, type StoredResult } from './tool-call.js';

export type StepRow = Omit<Schema['steps'], 'call' | 'document'> &
  StoredResult & {
    call_uid: Buffer | null;
    message_hash: Buffer | null;
    message: Packed | null;
    /** Of the tool call that the step shows. */
    name: string | null;
    status: string | null;
    suspicion: number | null;
    suspicion_reason: string | null;
    arguments: Packed | null;
  };

export function selectSteps() {
  return sqlBuilder
    .selectFrom('steps as s')
    .leftJoin('calls as c', 'c.id', 's.call')
    .leftJoin('documents as d', 'd.id', 's.document')
    .leftJoin('tool_calls as k', 'k.id', 's.tool_call')
    .leftJoin('documents as kd', 'kd.id', 'k.result_document')
    .leftJoin('terms as n', 'n.id', 'k.tool')
    .select([
      's.id',
      's.uid',
      's.type',
      's.at',
      's.undated',
      'c.uid as call_uid',
      's.tool_call',
      'd.hash as message_hash',
      'd.data as message',
      's.part',
      's.data',
      'n.value as name',
      'k.status',
      'k.suspicion',
      'k.suspicion_reason',
      'k.arguments',
      'k.result',
      'kd.data as result_message',
      'k.result_part',
    ]);
}

/** What was read for other rows of the trace already: texts of megabytes are unpacked, and lie in memory, once. */
export interface ReadBefore {
  /** By their rows. */
  toolCalls: ReadonlyMap<number, Pick<ToolCall, 'arguments' | 'result'>>;
  /** The message of the step before: its parts are steps one after the other. */
  message: { hash: Buffer; parts: ChatMessage['parts'] } | null;
}

/** `seq`: its place in the trace, where that is not the order in which it came. */
export function stepOf(row: StepRow, seq = seqOfRow(row.id), before?: ReadBefore): Step {
  const { content, result, ...data } = unpackJson<{ content?: unknown; result?: unknown }>(row.data);
  return {
    step_id: uidText(row.uid),
    seq,
    timestamp: toldTime(row.at, row.undated),
    call_id: row.call_uid && uidText(row.call_uid),
    type: row.type,
    ...data,
    ...contentOf(row, before),
    // Behind the rest, wherever they stand.
    ...(content === undefined ? {} : { content }),
    ...(result === undefined ? {} : { result }),
    ...shown(row, before?.toolCalls.get(row.tool_call ?? -1)),
  } as Step;
}

/** What the step has from the message that it came in. */
function contentOf(row: StepRow, before: ReadBefore | undefined): object {
  if (row.message_hash === null || row.message === null) return {};
  const message_hash = row.message_hash.toString('hex');
  if (row.part === null) return { message_hash };
  const value = partValue(partsOf(row.message_hash, row.message, before)[row.part]);
  return row.type === 'tool_result' ? { message_hash, result: value } : { message_hash, content: value };
}

function partsOf(hash: Buffer, packed: Packed, before: ReadBefore | undefined): ChatMessage['parts'] {
  if (before?.message?.hash.equals(hash)) return before.message.parts;
  const { parts } = unpackJson<ChatMessage>(packed);
  if (before !== undefined) before.message = { hash, parts };
  return parts;
}

/** What the step has from the tool call that it shows. */
function shown(row: StepRow, read: Pick<ToolCall, 'arguments' | 'result'> | undefined): object {
  if (row.tool_call === null) return {};
  if (row.type === 'tool_result')
    return {
      result: read === undefined ? resultOf(row) : read.result,
      ...(row.status === 'error' ? { is_error: true } : {}),
      ...suspected(row),
    };
  return {
    name: row.name,
    arguments: read?.arguments ?? (row.arguments === null ? null : unpackJson(row.arguments)),
    status: row.status,
    ...suspected(row),
  };
}

function suspected({ suspicion, suspicion_reason }: StepRow): object {
  return suspicion === null ? {} : { suspicion, suspicion_reason };
}
