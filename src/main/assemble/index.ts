import {
  type Assembled,
  type AssembledCall,
  type CallNode,
  type DecodedCall,
  type DecodedExchange,
  type HashedMessage,
  type HeaderList,
  type LineageReader,
  type NewStep,
  type NewTrace,
  type Part,
  toIso,
} from '../../shared/model/index.js';
import { type Arrival, arrivalOf, earlierAttempts } from './arrival.js';
import { contentHash, shortHash } from './canonical.js';
import { decisionsOf } from './decisions.js';
import { hasSystem, sameSystem } from './fingerprint.js';
import { derivedId } from './ids.js';
import { marksOf } from './marks.js';
import { chainEnd, chainOf, endAfter } from './merkle.js';
import { callError, completionStatus, isUnfinished } from './outcome.js';
import type { Placement } from './placement.js';
import { place } from './rules/index.js';
import { headerReader } from './session.js';
import { type StepContext, stepsOf } from './steps.js';
import { titleOf } from './title.js';
import { askedByResponse, askedInHistory, resultArrivals } from './tool-calls.js';
import { leadingSystem } from './turns.js';

/**
 * Puts one decoded exchange into its trace: the rows to add for it and the rows it completes.
 * Pure: the same exchange and the same lineage give the same result, ids included. Work grows with the messages of the
 * request, never with the number of traces; every lookup goes through `lineage`.
 * @param clientName short name of the program that sent these headers, as exchanges are listed under
 */
export function assemble(
  decoded: DecodedExchange,
  lineage: LineageReader,
  clientName: (headers: HeaderList) => string = firstProduct,
): Assembled {
  if (decoded.call === null) return { decoded, call: null };
  const client = clientName(decoded.exchange.request.headers);
  return { decoded, call: assembleCall(decoded, decoded.call, lineage, client) };
}

function firstProduct(headers: HeaderList): string {
  return headerReader(headers)('user-agent')?.split(/\s/, 1)[0] ?? 'unknown';
}

function assembleCall(
  decoded: DecodedExchange,
  call: DecodedCall,
  lineage: LineageReader,
  client: string,
): AssembledCall {
  const received = arrivalOf(decoded, call);
  const placement = place(received, lineage);
  const arrival = received.call.request.history_complete ? received : continued(received, placement.parent);
  const opens = 'new' in placement.trace;
  const trace_id =
    'new' in placement.trace
      ? derivedId(arrival.started_at, arrival.exchange.exchange_id, 'trace')
      : placement.trace.trace_id;
  const attempt = opens
    ? undefined
    : earlierAttempts(arrival, lineage).find(({ node }) => node.trace_id === trace_id)?.node;
  const relatives = opens ? [] : [placement.parent, attempt, ...sessionCalls(arrival, trace_id, lineage)];
  const known = attempt === undefined ? placement.known : arrival.chain.links.length;

  const request_messages = hashAll(call.request.messages);
  const response_messages = hashAll(call.response?.messages ?? []);
  const shown = arrival.conversing || opens;
  const asking = shown ? requestSteps(arrival, request_messages, known, relatives, trace_id, placement, lineage) : none;
  const answering = responseSteps(arrival, response_messages, trace_id, placement, lineage);

  return {
    trace_id,
    new_trace: 'new' in placement.trace ? openTrace(arrival, trace_id, placement.trace, client) : null,
    call: callRecord(arrival, placement),
    decoded: call,
    request_messages,
    response_messages,
    inherited: placement.parent === null ? 0 : messagesWithin(arrival, placement.known),
    lineage: lineageKeys(arrival, answering.new_tool_calls),
    steps: [...asking.steps, ...answering.steps],
    new_tool_calls: [...asking.new_tool_calls, ...answering.new_tool_calls],
    tool_results: [...asking.tool_results, ...answering.tool_results],
    new_decisions: decisionsOf(arrival, trace_id, answering.asked),
    trace_patch: { ended_at: arrival.ended_at, completion_status: completionStatus(arrival) },
  };
}

type RequestPart = Pick<AssembledCall, 'steps' | 'new_tool_calls' | 'tool_results'>;
const none: RequestPart = { steps: [], new_tool_calls: [], tool_results: [] };

/**
 * The chain of a call whose history is not resent goes on from the call that it names, so that a repeated request is
 * known as such and two conversations with equal last words are not.
 */
function continued(arrival: Arrival, parent: CallNode | null): Arrival {
  const from = shortHash(`after\0${parent?.call_id ?? arrival.call_id}`);
  return { ...arrival, chain: chainOf(arrival.messages, from) };
}

function sessionCalls(arrival: Arrival, traceId: string, lineage: LineageReader): CallNode[] {
  if (arrival.session.id === null || arrival.session_key === null) return [];
  return lineage.bySessionKey(arrival.session_key).filter((node) => node.trace_id === traceId);
}

function hashAll(messages: DecodedCall['request']['messages']): HashedMessage[] {
  return messages.map((message) => ({ hash: contentHash(message), message }));
}

/** Messages that the first `known` links cover whole, with the system prompt before them. */
function messagesWithin(arrival: Arrival, known: number): number {
  const last = arrival.chain.links[known - 1];
  if (last === undefined) return 0;
  const parts = arrival.messages[last.message]?.parts.length ?? 0;
  return last.part >= parts - 1 ? last.message + 1 : last.message;
}

function requestSteps(
  arrival: Arrival,
  messages: HashedMessage[],
  known: number,
  relatives: (CallNode | null | undefined)[],
  trace_id: string,
  placement: Placement,
  lineage: LineageReader,
): RequestPart {
  const systemShown = relatives.some((node) => node && sameSystem(node, arrival.fingerprint));
  const systemEnd = leadingSystem(arrival.messages);
  const last = arrival.chain.links[known - 1];
  const start = last === undefined ? { message: systemEnd, part: 0 } : { message: last.message, part: last.part + 1 };
  const fresh = messages.map((hashed, index) => {
    if (index < start.message) return { ...hashed, message: { ...hashed.message, parts: [] as Part[] } };
    if (index > start.message || start.part === 0) return hashed;
    return { ...hashed, message: { ...hashed.message, parts: hashed.message.parts.slice(start.part) } };
  });
  const tools = askedInHistory(arrival, fresh, lineage);
  const context: StepContext = {
    arrival,
    side: 'request',
    at: arrival.started_at,
    reasoning_at: arrival.started_at,
    duration_ms: null,
    asked: tools.asked,
  };
  const steps: NewStep[] = [];
  messages.forEach((hashed, index) => {
    if (index < systemEnd && hasSystem(arrival.messages)) {
      if (!systemShown) steps.push(...stepsOf(context, hashed, index));
    } else if (index >= start.message) {
      steps.push(...stepsOf(context, hashed, index, index === start.message ? start.part : 0));
    }
  });
  return {
    steps,
    new_tool_calls: tools.rows,
    tool_results: resultArrivals(arrival, tools.unpaired, trace_id, placement.parent?.call_id ?? null, lineage),
  };
}

function responseSteps(
  arrival: Arrival,
  messages: HashedMessage[],
  trace_id: string,
  placement: Placement,
  lineage: LineageReader,
): RequestPart & { asked: StepContext['asked'] } {
  const tools = askedByResponse(arrival, messages, !isUnfinished(arrival));
  const context: StepContext = {
    arrival,
    side: 'response',
    at: arrival.ended_at,
    reasoning_at: arrival.call.first_token_at ?? arrival.ended_at,
    duration_ms: (arrival.ended_at - arrival.started_at) / 1000,
    asked: tools.asked,
  };
  const steps = messages.flatMap((hashed, index) => stepsOf(context, hashed, index));
  const error = callError(arrival);
  if (error !== null) {
    steps.push({
      step_id: derivedId(arrival.started_at, arrival.call_id, 'error'),
      type: 'error',
      at: arrival.ended_at,
      call_id: arrival.call_id,
      duration_ms: context.duration_ms,
      ...error,
    });
  }
  return {
    steps,
    asked: tools.asked,
    new_tool_calls: tools.rows,
    tool_results: resultArrivals(arrival, tools.unpaired, trace_id, placement.parent?.call_id ?? null, lineage),
  };
}

function openTrace(
  arrival: Arrival,
  trace_id: string,
  links: Extract<Placement['trace'], { new: true }>,
  client: string,
): NewTrace {
  const { exchange, session } = arrival;
  const named = session.id ?? session.run;
  return {
    trace_id,
    kind: 'agent',
    key: null,
    title: titleOf(arrival),
    parent_trace_id: links.parent_trace_id,
    parent_step_id: links.parent_step_id,
    predecessor_trace_id: links.predecessor_trace_id,
    source: {
      kind: exchange.via === 'gateway' ? 'gateway' : 'proxy',
      client,
      ...(named === null ? {} : { session: named }),
      upstream: exchange.upstream_name ?? hostOf(exchange.url),
    },
    started_at: arrival.started_at,
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
}

function callRecord(arrival: Arrival, placement: Placement): AssembledCall['call'] {
  const { request, response, format, first_token_at, cost_usd } = arrival.call;
  return {
    call_id: arrival.call_id,
    exchange_id: arrival.exchange.exchange_id,
    parent_call_id: placement.parent?.call_id ?? null,
    edge: placement.edge,
    response_id: response?.response_id ?? null,
    format,
    operation: request.operation,
    model: response?.model ?? request.model,
    params: request.params,
    tools_offered: request.tools,
    usage: response?.usage ?? null,
    cost_usd,
    started_at: toIso(arrival.started_at),
    duration_ms: (arrival.ended_at - arrival.started_at) / 1000,
    ttft_ms: first_token_at === undefined ? null : (first_token_at - arrival.started_at) / 1000,
    stop_reason: response?.stop_reason ?? null,
    partial: response?.partial ?? false,
    error: callError(arrival),
  };
}

function lineageKeys(arrival: Arrival, tools: AssembledCall['new_tool_calls']): AssembledCall['lineage'] {
  const { request, response } = arrival.call;
  const own = chainEnd(arrival.chain);
  const answers = response?.messages ?? [];
  const compact = request.operation === 'compact';
  const ends = answers.flatMap((message) => {
    // What a compaction returns is the beginning of the next history, not a turn of this one.
    const end = compact ? chainEnd(chainOf([message])) : endAfter(arrival.chain, request.messages, message);
    return end === null || end === own ? [] : [end];
  });
  // Unanswered, the request stands as the end of its own conversation: so a retry and a further message find it.
  if (isUnfinished(arrival) || ends.length === 0) ends.push(own);
  const marks = marksOf(arrival.call_id, arrival.chain, answers[0]);
  const aside = shortHash(`aside\0${request.operation}\0${own}`);
  return {
    request_chain: arrival.conversing ? own : aside,
    response_chains: arrival.conversing && arrival.messages.length > 0 ? [...new Set([...ends, ...marks])] : [],
    response_id: response?.response_id ?? null,
    conversation_id: request.conversation_id ?? null,
    tool_call_ids: tools.map((tool) => tool.tool_call_id),
    session_key: arrival.session_key,
    fingerprint: arrival.fingerprint,
  };
}
