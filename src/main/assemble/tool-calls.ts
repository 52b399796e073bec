import type {
  ChatMessage,
  HashedMessage,
  LineageReader,
  NewToolCall,
  Part,
  ToolResultArrival,
} from '../../shared/model/index.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import type { Arrival } from './arrival.js';
import { resultValue } from './chain/canonical.js';
import { effectKeys } from './effects/keys.js';
import { statusOf } from './failures/index.js';
import { toolStepId } from './spawn.js';

type CallPart = Extract<Part, { type: 'tool_call' }>;
type ResultPart = Extract<Part, { type: 'tool_result' }>;

/** Generated ids that may miss, where a response mixes calls with and without ids, before the search ends. */
const mostMisses = 16;
/** Calls on the way back that are searched for what a late result answers. */
const furthestBack = 8;

/** Ids of at least this length are drawn by chance and name one call, wherever its history is sent. */
export const shortestUnique = 12;

/** A tool call as its step shows it. */
export interface AskedTool {
  tool_call_id: string;
  step_id: string;
  status: 'pending' | 'ok' | 'error';
  /** A record told of it before: it has its step already. */
  standing?: boolean;
}

/** The tool call that a result was found to answer. */
export interface AnsweredTool {
  tool_call_id: string;
  name: string;
}

export interface AskedTools {
  asked: Map<Part, AskedTool>;
  rows: NewToolCall[];
  /** Results in these messages that answer none of these messages' calls. */
  unpaired: ResultPart[];
  /** Those that answer one of them. */
  paired: { part: ResultPart; row: NewToolCall }[];
}

/**
 * Tool calls of a response, with the results that the vendor's own tools left in it.
 * A missing id, or one used twice in the same response, is replaced by `<call_id>:<n>`, n counting its tool calls.
 */
export function askedByResponse(arrival: Arrival, messages: HashedMessage[]): AskedTools {
  return pairWithin(messages, (part, index, taken) => {
    const generated = `${arrival.call_id}:${index}`;
    return {
      tool_call_id: part.id === null || part.id === '' || taken(part.id) ? generated : part.id,
      step_id: toolStepId(arrival.call_id, arrival.started_at, index),
      at: arrival.ended_at,
      // What a vendor's own tool does is never seen on the wire.
      ...(part.server ? {} : { effect_keys: effectKeys(part.name, part.arguments) }),
      status: 'pending',
      metadata: {
        source: reporterOf(arrival),
        format: arrival.call.format,
        duration: part.server ? 'unknown' : 'inferred',
        ...(part.server ? { executed_by: 'vendor' } : {}),
        ...(part.kind === undefined ? {} : { kind: part.kind }),
        ...(part.server_name === undefined ? {} : { server_name: part.server_name }),
        ...(part.invalid_json ? { arguments_invalid: true } : {}),
        // The answer was cut off: the client may never have seen the call.
        ...(arrival.call.response?.partial ? { partial: true } : {}),
      },
    };
  });
}

/**
 * Tool calls in a history whose answers were never captured: the studio saw the conversation only from here on.
 * Those that an earlier call of the same conversation is known to have asked for are left alone: ids count within their
 * conversation, since many servers number their calls from zero in each. So are those of messages that were copied from
 * another trace.
 * @param traces those that the conversation is told in
 * @param own the one that the call is put into: what stands in it gets no second step
 */
export function askedInHistory(
  arrival: Arrival,
  messages: HashedMessage[],
  traces: ReadonlySet<string>,
  own: string,
  lineage: LineageReader,
): AskedTools {
  const tools = pairWithin(messages, (part, index, taken) => ({
    tool_call_id:
      part.id === null || part.id === '' || taken(part.id) ? `${arrival.call_id}:history:${index}` : part.id,
    step_id: nulJoinedId(arrival.started_at, arrival.call_id, 'history-tool', index),
    at: arrival.started_at,
    status: 'pending',
    metadata: { source: reporterOf(arrival), format: arrival.call.format, duration: 'unknown', from: 'history' },
  }));
  const asker = (row: NewToolCall) => (node: Asker) =>
    traces.has(node.trace_id) || (row.tool_call_id.length >= shortestUnique && node.tool_name === row.name);
  // Whether the trace that they were copied from is known already, or ever: it holds them.
  const copied = new Set(
    messages
      .slice(0, arrival.call.request.copied ?? 0)
      .flatMap(({ message }) => message.parts.flatMap((part) => tools.asked.get(part)?.step_id ?? [])),
  );
  const recordedRows = new Set(
    tools.rows.filter((row) => copied.has(row.step_id) || lineage.byToolCallId(row.tool_call_id).some(asker(row))),
  );
  const standing = new Set(
    [...recordedRows]
      .filter((row) => lineage.byToolCallId(row.tool_call_id).some(({ trace_id }) => trace_id === own))
      .map(({ step_id }) => step_id),
  );
  return {
    ...tools,
    asked: new Map([...tools.asked].map(([part, tool]) => [part, { ...tool, standing: standing.has(tool.step_id) }])),
    rows: tools.rows.filter((row) => !recordedRows.has(row)),
    // Their results may be news all the same: a compacted history resends the turn that asked along with the answer.
    unpaired: [...tools.unpaired, ...tools.paired.filter(({ row }) => recordedRows.has(row)).map(({ part }) => part)],
  };
}

/** Who told of the call, as tool calls keep it in their metadata. */
function reporterOf({ decoded, exchange }: Arrival): string {
  return decoded.record?.source ?? (exchange.via === 'import' ? 'import' : 'proxy');
}

function pairWithin(
  messages: HashedMessage[],
  describe: (
    part: CallPart,
    index: number,
    taken: (id: string) => boolean,
  ) => AskedTool & Pick<NewToolCall, 'at' | 'metadata' | 'effect_keys'>,
): AskedTools {
  const asked = new Map<Part, AskedTool>();
  const rows: NewToolCall[] = [];
  const ids = new Set<string>();
  const open = new OpenCalls();
  const unpaired: ResultPart[] = [];
  const paired: AskedTools['paired'] = [];
  for (const { message } of messages) {
    for (const part of message.parts) {
      if (part.type === 'tool_call') {
        const { at, metadata, effect_keys, ...tool } = describe(part, rows.length, (id) => ids.has(id));
        const row: NewToolCall = {
          tool_call_id: tool.tool_call_id,
          step_id: tool.step_id,
          name: part.name,
          arguments: part.arguments,
          at,
          status: tool.status,
          duration_ms: null,
          metadata,
          ...(effect_keys === undefined ? {} : { effect_keys }),
        };
        asked.set(part, tool);
        rows.push(row);
        ids.add(tool.tool_call_id);
        open.add(part, { tool, row, answered: false });
      } else if (part.type === 'tool_result') {
        const entry = open.take(part);
        if (entry === undefined) {
          unpaired.push(part);
          continue;
        }
        entry.tool.status = statusOf(part, entry.row.name);
        entry.row.status = entry.tool.status;
        entry.row.result = resultValue(part.result);
        paired.push({ part, row: entry.row });
      }
    }
  }
  return { asked, rows, unpaired, paired };
}

interface OpenCall {
  tool: AskedTool;
  row: NewToolCall;
  answered: boolean;
}

/** Tool calls without a result yet, in order: under the id they were sent with, else under their name. */
class OpenCalls {
  readonly #queues = new Map<string, { calls: OpenCall[]; next: number }>();

  add(part: CallPart, call: OpenCall): void {
    const named = part.id !== null && part.id !== '';
    for (const key of named ? [`id:${part.id}`] : [`name:${part.name}`, 'any']) {
      const queue = this.#queues.get(key) ?? { calls: [], next: 0 };
      queue.calls.push(call);
      this.#queues.set(key, queue);
    }
  }

  /** The oldest open call that the result can answer; it is no longer open then. */
  take(part: ResultPart): OpenCall | undefined {
    const named = part.tool_call_id !== null && part.tool_call_id !== '';
    const key = named ? `id:${part.tool_call_id}` : part.name === undefined ? 'any' : `name:${part.name}`;
    const queue = this.#queues.get(key);
    if (queue === undefined) return undefined;
    while (queue.calls[queue.next]?.answered) queue.next++;
    const call = queue.calls[queue.next];
    if (call !== undefined) call.answered = true;
    return call;
  }
}

/**
 * Results that answer tool calls of earlier calls. Ids are unique only within a call, so the calls on the way back from
 * the arrival are preferred, nearest first; a result without id goes to the first open tool call of its name that the
 * last asking call asked for. `answers`: the tool call that each result was found to answer, whatever id it came
 * under.
 */
export function resultArrivals(
  arrival: Arrival,
  results: ResultPart[],
  traceId: string,
  parentId: string | null,
  lineage: LineageReader,
): { tool_results: ToolResultArrival[]; answers: ReadonlyMap<Part, AnsweredTool> } {
  const arrivals: ToolResultArrival[] = [];
  const answers = new Map<Part, AnsweredTool>();
  const taken = new Set<string>();
  const renamed = renamedIds(arrival, parentId, lineage);
  for (const part of results) {
    const asker =
      part.tool_call_id === null || part.tool_call_id === ''
        ? null
        : askerOf(arrival, lineage, part.tool_call_id, traceId, parentId, taken);
    const found = asker ?? (parentId === null ? null : unnamedAsker(lineage, part, parentId, taken, renamed));
    if (found === null) continue;
    taken.add(`${found.node.call_id}\0${found.tool_call_id}`);
    answers.set(part, { tool_call_id: found.tool_call_id, name: found.node.tool_name });
    arrivals.push({
      trace_id: found.node.trace_id,
      tool_call_id: found.tool_call_id,
      call_id: found.node.call_id,
      result: resultValue(part.result),
      status: statusOf(part, found.node.tool_name),
      duration_ms: arrival.decoded.record?.undated
        ? null
        : Math.max(0, arrival.started_at - found.node.ended_at) / 1000,
    });
  }
  return { tool_results: arrivals, answers };
}

/** The tool calls that the results in these messages answer: calls of the messages themselves, and earlier ones. */
export function answeredBy(
  tools: AskedTools,
  earlier: ReadonlyMap<Part, AnsweredTool>,
): ReadonlyMap<Part, AnsweredTool> {
  return new Map([...earlier, ...tools.paired.map(({ part, row }) => [part, row] as const)]);
}

type Asker = ReturnType<LineageReader['byToolCallId']>[number];

function askerOf(
  arrival: Arrival,
  lineage: LineageReader,
  id: string,
  traceId: string,
  parentId: string | null,
  taken: Set<string>,
): { node: Asker; tool_call_id: string } | null {
  const isOpen = (node: Asker) =>
    !node.has_result &&
    !taken.has(`${node.call_id}\0${id}`) &&
    node.call_id !== arrival.call_id &&
    node.started_at <= arrival.started_at;
  const node =
    (parentId === null ? undefined : ofCall(lineage, id, parentId).find(isOpen)) ??
    lineage.byToolCallId(id).find((candidate) => candidate.trace_id === traceId && isOpen(candidate));
  return node === undefined ? null : { node, tool_call_id: id };
}

/**
 * The open tool call for a result that comes under no known id: of the calls on the way back the nearest that asked for a
 * tool of this name under no id either, else the one at the same place of the answer that the client resends under
 * other ids (a gateway that renames them, a change of the format).
 */
function unnamedAsker(
  lineage: LineageReader,
  part: ResultPart,
  parentId: string,
  taken: Set<string>,
  renamed: (part: ResultPart) => string | null,
): { node: Asker; tool_call_id: string } | null {
  let callId: string | null = parentId;
  for (let back = 0; callId !== null && back < furthestBack; back++) {
    let misses = 0;
    for (let index = 0; misses < (back === 0 ? mostMisses : 2); index++) {
      const id = `${callId}:${index}`;
      if (taken.has(`${callId}\0${id}`)) continue;
      const node = ofCall(lineage, id, callId).find((candidate) => !candidate.has_result);
      if (node === undefined) misses++;
      if (node !== undefined && (part.name === undefined || node.tool_name === part.name))
        return { node, tool_call_id: id };
    }
    if (back === 0) {
      const id = renamed(part);
      const node = id === null ? undefined : ofCall(lineage, id, callId).find((candidate) => !candidate.has_result);
      if (node !== undefined && id !== null && !taken.has(`${callId}\0${id}`)) return { node, tool_call_id: id };
    }
    // Behind the parent only names can tell.
    if (part.name === undefined) return null;
    callId = lineage.call(callId)?.parent_call_id ?? null;
  }
  return null;
}

/**
 * Answers under which id the parent's response asked for what a result answers: the call at the same place, or for a
 * result without an id the next one of its name. Reads the stored answer only when it is asked.
 */
function renamedIds(
  arrival: Arrival,
  parentId: string | null,
  lineage: LineageReader,
): (part: ResultPart) => string | null {
  let asked: CallPart[] | null = null;
  let resent: CallPart[] | null = null;
  const used = new Set<string>();
  return (part) => {
    if (parentId === null) return null;
    asked ??= callsOf(lineage.callContent(parentId)?.response_messages ?? []);
    resent ??= callsOf(lastTurnOf(arrival.messages));
    const place = part.tool_call_id === null ? -1 : resent.findIndex(({ id }) => id === part.tool_call_id);
    const name = part.name ?? resent[place]?.name;
    const fits = (call: CallPart | undefined) =>
      call !== undefined && call.id !== null && !used.has(call.id) && (name === undefined || call.name === name);
    const found = [asked[place], ...(place < 0 ? asked : [])].find(fits);
    if (found?.id === undefined || found.id === null) return null;
    used.add(found.id);
    return found.id;
  };
}

function callsOf(messages: ChatMessage[]): CallPart[] {
  return messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool_call' && !part.server ? [part] : [])),
  );
}

/** The last messages of the assistant that follow each other. */
function lastTurnOf(messages: ChatMessage[]): ChatMessage[] {
  const end = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  let start = end;
  while (start > 0 && messages[start - 1]?.role === 'assistant') start--;
  return messages.slice(start, end);
}

function ofCall(lineage: LineageReader, toolCallId: string, callId: string): Asker[] {
  return lineage.byToolCallId(toolCallId, callId).filter((node) => node.call_id === callId);
}
