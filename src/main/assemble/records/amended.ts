import {
  type AssembledRecord,
  type CallNode,
  type ChatMessage,
  type HashedMessage,
  type LineageReader,
  type NewToolCall,
  type Part,
  usageFields,
} from '../../../shared/model/index.js';
import type { Arrival } from '../arrival.js';
import { contentHash, shortHash } from '../chain/canonical.js';
import { stepsOf } from '../steps.js';
import { answeredBy, askedByResponse, resultArrivals } from '../tool-calls.js';
import { nameMark, type SecondReport } from '../witness/witness.js';

type Moved = NonNullable<AssembledRecord['amends']>['moved'][number];
type Amendment = Pick<AssembledRecord, 'amends' | 'steps' | 'new_tool_calls' | 'tool_results'>;

/**
 * What a source adds to a call that it told of before: a file that was mended holds the lines that were broken. Null where it
 * adds nothing, `'other'` where it does not tell what is stored and more, but something else.
 */
export function amendment(
  arrival: Arrival,
  { node, stored }: SecondReport,
  lineage: LineageReader,
): Amendment | 'other' | null {
  const { messages } = arrival;
  const answers = arrival.call.response?.messages ?? [];
  const parentId = parentOf(arrival, node, lineage);
  const told = missing(messages, stored.request_messages);
  const { asked, moved } =
    told === null ? movedTo(parentId, { node, stored, messages }, lineage) : { asked: told, moved: [] };
  const answered = missing(answers, stored.response_messages);
  if (asked === null || answered === null) return 'other';
  const completed = completion(arrival, stored);
  const added = [asked, answered, moved].some(({ length }) => length > 0);
  if (!added && !completed.differs && parentId === node.parent_call_id) return null;
  const tools = askedByResponse(arrival, answered);
  for (const row of tools.rows) completeEarly(row, node.trace_id, lineage);
  const results = asked.flatMap(({ message }) => message.parts.filter((part) => part.type === 'tool_result'));
  const late = resultArrivals(arrival, results, node.trace_id, parentId, lineage);
  const context = {
    arrival,
    reasoning_at: arrival.ended_at,
    duration_ms: null,
    asked: tools.asked,
    answers: answeredBy(tools, late.answers),
  };
  const steps = [
    ...asked.flatMap((message, place) =>
      stepsOf({ ...context, side: 'request', at: arrival.started_at }, message, place),
    ),
    ...answered.flatMap((message, place) =>
      stepsOf({ ...context, side: 'response', at: arrival.ended_at }, message, place),
    ),
  ];
  const hashed = (message: ChatMessage): HashedMessage => ({ hash: contentHash(message), message });
  return {
    steps: steps.map((step) => ({ ...step, call_id: node.call_id })),
    new_tool_calls: tools.rows,
    tool_results: late.tool_results,
    amends: {
      call_id: node.call_id,
      parent_call_id: parentId,
      request_messages: messages.map(hashed),
      response_messages: answers.map(hashed),
      history_complete: arrival.call.request.history_complete,
      moved,
      marks: (arrival.decoded.record?.call?.names ?? []).map((name) => nameMark(arrival, name)),
      started_at: arrival.started_at,
      ended_at: Math.max(arrival.ended_at, node.ended_at),
      ...completed.answer,
    },
  };
}

/** What the answer came to, as far as it is told now: the last word of its source counts. */
function completion({ call }: Arrival, stored: SecondReport['stored']) {
  const { response } = call;
  const answer = {
    response_id: stored.response_id ?? response?.response_id ?? null,
    model: stored.model ?? response?.model ?? call.request.model,
    stop_reason: response?.stop_reason ?? stored.stop_reason,
    usage: response?.usage ?? stored.usage,
    cost_usd: response?.usage ? call.cost_usd : null,
  };
  const differs =
    answer.response_id !== stored.response_id ||
    answer.model !== stored.model ||
    answer.stop_reason !== stored.stop_reason ||
    usageFields.some((field) => answer.usage?.[field] !== stored.usage?.[field]);
  return { answer, differs };
}

/** Calls that may have been missing in a row. */
const mostBetween = 256;

/**
 * A file in which an answer was broken gave what came before it to the next call. Where that answer is told of now, it has what
 * it was given itself, and the next call only the rest. `asked` null where stored messages would be nobody's.
 */
function movedTo(
  parentId: string | null,
  { node, stored, messages }: Omit<SecondReport, 'basis'> & { messages: readonly ChatMessage[] },
  lineage: LineageReader,
): { asked: HashedMessage[] | null; moved: Moved[] } {
  const others = { asked: null, moved: [] };
  const tellers = new Map<string, Moved['to'][]>();
  let at = parentId;
  for (let count = 0; at !== null && at !== node.parent_call_id; count++) {
    const between = lineage.call(at);
    if (between === null || count === mostBetween) return others;
    const content = lineage.callContent(at);
    for (const message of [...(content?.request_messages ?? []), ...(content?.response_messages ?? [])]) {
      const hash = contentHash(message);
      tellers.set(hash, [{ call_id: at, started_at: between.started_at }, ...(tellers.get(hash) ?? [])]);
    }
    at = between.parent_call_id;
  }
  if (at !== node.parent_call_id) return others;
  const moved: Moved[] = [];
  for (const message of without(stored.request_messages, messages)) {
    const to = tellers.get(message.hash)?.shift();
    if (to === undefined) return others;
    moved.push({ ...message, to });
  }
  return { asked: without(messages, stored.request_messages), moved };
}

/** Messages that are not among the others, each of which stands for one. */
function without(messages: readonly ChatMessage[], others: readonly ChatMessage[]): HashedMessage[] {
  const left = new Map<string, number>();
  for (const hash of others.map(contentHash)) left.set(hash, (left.get(hash) ?? 0) + 1);
  return messages.flatMap((message): HashedMessage[] => {
    const hash = contentHash(message);
    const count = left.get(hash) ?? 0;
    left.set(hash, count - 1);
    return count > 0 ? [] : [{ hash, message }];
  });
}

/** The call before it, which may be one that was not there when it was told of first. */
function parentOf(arrival: Arrival, node: CallNode, lineage: LineageReader): string | null {
  const previous = arrival.call.request.previous_response_id;
  const follows = arrival.decoded.record?.call?.follows;
  const named = [
    ...(previous === undefined ? [] : lineage.byResponseId(previous)),
    ...(follows === undefined ? [] : lineage.byResponseChain(nameMark(arrival, follows))),
  ];
  const parent = named.find((other) => other.trace_id === node.trace_id && !goesOnFrom(other, node, lineage));
  return parent?.call_id ?? node.parent_call_id;
}

/** Calls before one that are looked at. */
const mostBefore = 10_000;

/** Whether the call is the other one or comes after it: that may not become its parent. */
function goesOnFrom(call: CallNode, other: CallNode, lineage: LineageReader): boolean {
  let at: CallNode | null = call;
  for (let count = 0; at !== null && at.call_id !== other.parent_call_id; count++) {
    if (at.call_id === other.call_id || count === mostBefore) return true;
    at = at.parent_call_id === null ? null : lineage.call(at.parent_call_id);
  }
  return false;
}

/** Messages with the parts that are not stored yet; null where something is stored that these do not hold. */
function missing(reported: readonly ChatMessage[], stored: readonly ChatMessage[]): HashedMessage[] | null {
  const left = new Map<string, number>();
  for (const key of stored.flatMap(partKeys)) left.set(key, (left.get(key) ?? 0) + 1);
  const fresh = reported.flatMap((message): HashedMessage[] => {
    const parts = message.parts.filter((part) => {
      const key = partKey(message, part);
      const count = left.get(key) ?? 0;
      left.set(key, count - 1);
      return count <= 0;
    });
    return parts.length === 0 ? [] : [{ hash: contentHash(message), message: { ...message, parts } }];
  });
  return [...left.values()].some((count) => count > 0) ? null : fresh;
}

const partKeys = (message: ChatMessage) => message.parts.map((part) => partKey(message, part));
const partKey = ({ role }: ChatMessage, part: Part) => shortHash(JSON.stringify([role, part]));

/** A result in a history whose tool call is not known: kept for the case that it is told of later. */
export interface EarlyResult {
  result: AssembledRecord['tool_results'][number]['result'];
  status: 'ok' | 'error';
}

/** Gives a tool call the result that came in a history before it was told of. */
export function completeEarly(row: NewToolCall, traceId: string, lineage: LineageReader): void {
  const early =
    row.status === 'pending' ? (lineage.note(earlyResultKey(traceId, row.tool_call_id)) as EarlyResult | null) : null;
  if (early !== null) Object.assign(row, { result: early.result, status: early.status });
}

export function earlyResultKey(traceId: string, toolCallId: string): string {
  return shortHash(`early-in-history\0${traceId}\0${toolCallId}`);
}
