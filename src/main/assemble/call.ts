import {
  type AssembledCall,
  type CallNode,
  type DecodedCall,
  type HashedMessage,
  type LineageReader,
  type Micros,
  modeHeader,
  type NewStep,
  type NewTrace,
  type Part,
  promptHeader,
  scenarioHeader,
  type TracePatch,
  toIso,
} from '../../shared/model/index.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import { type Arrival, earlierAttempts } from './arrival.js';
import { contentHash, shortHash } from './chain/canonical.js';
import { hasSystem, lookupLength, sameSystem } from './chain/fingerprint.js';
import { marksOf, repeatedMark } from './chain/marks.js';
import { chainEnd, chainOf, endAfter, plainEnds } from './chain/merkle.js';
import { leadingSystem } from './chain/turns.js';
import { decisionsOf } from './decisions.js';
import { traceToolKey } from './effects/keys.js';
import { callError, completionStatus, isUnfinished } from './outcome.js';
import type { Placement } from './placement.js';
import { place } from './rules/index.js';
import { asideChain, isSideCall, titledMark } from './side-call.js';
import { agentOf, type StepContext, stepsOf } from './steps.js';
import { titleOf } from './title.js';
import { type AskedTools, answeredBy, askedByResponse, askedInHistory, resultArrivals } from './tool-calls.js';
import { switched } from './transitions/model.js';
import { transitionStep } from './transitions/transition.js';

/** What is known of a call's trace besides what its own content tells. */
export interface Setting {
  /** The trace that it belongs to whatever the rules say: a record's, or one opened under the session's key. */
  home: string | null;
  /** Id of the trace, should the call open one. */
  fresh_id: string;
  /** The trace that the call opens, for the links that the rules found. */
  open(arrival: Arrival, links: NewLinks): Omit<NewTrace, 'trace_id' | 'title' | 'started_at'> & { title?: string };
  /** Keys under which the call is found besides its own. */
  marks: string[];
}
export type NewLinks = Extract<Placement['trace'], { new: true }>;

/** Puts a call that was not known before into its trace. */
export function assembleCall(received: Arrival, lineage: LineageReader, setting: Setting): AssembledCall {
  const { call } = received;
  const placement = settled(place(received, lineage), setting.home);
  const arrival = call.request.history_complete ? received : continued(received, placement.parent);
  const opens = 'new' in placement.trace;
  const trace_id = 'new' in placement.trace ? setting.fresh_id : placement.trace.trace_id;
  const attempt = opens
    ? undefined
    : earlierAttempts(arrival, lineage).find(({ node }) => node.trace_id === trace_id)?.node;
  const relatives = opens
    ? []
    : [placement.parent, placement.repeats, attempt, ...sessionCalls(arrival, trace_id, lineage)];
  const knownLinks =
    attempt === undefined ? sharedLinks(arrival, placement, trace_id, lineage) : arrival.chain.links.length;
  const earlier = historyHashes(attempt === undefined ? (placement.keptCalls ?? []) : [attempt], lineage);

  const request_messages = hashAll(call.request.messages);
  const response_messages = hashAll(call.response?.messages ?? []);
  const shown = arrival.conversing || opens;
  const asking = shown
    ? requestSteps(arrival, request_messages, { knownLinks, earlier }, relatives, trace_id, placement, lineage)
    : none;
  const answering = responseSteps(arrival, response_messages, trace_id, placement, lineage);
  const side = isSideCall(arrival, placement.parent);
  const record = callRecord(arrival, placement);
  const title = titleFor(arrival, placement, trace_id, side, lineage);
  const keys = lineageKeys(arrival, answering.new_tool_calls);
  keys.response_chains.push(
    ...setting.marks,
    ...(title === null ? [] : [titledMark(trace_id)]),
    ...(placement.mark === undefined ? [] : [placement.mark]),
    ...(placement.repeats === undefined ? [] : [repeatedMark(placement.repeats.call_id)]),
  );

  return {
    trace_id,
    new_trace:
      'new' in placement.trace
        ? {
            trace_id,
            title: titleOf(arrival),
            started_at: arrival.started_at,
            ...setting.open(arrival, placement.trace),
          }
        : null,
    call: record,
    decoded: call,
    request_messages,
    response_messages,
    ...(placement.failed_rules === undefined ? {} : { failed_rules: placement.failed_rules }),
    inherited: placement.parent === null ? 0 : messagesWithin(arrival, placement.knownLinks),
    lineage: keys,
    steps: [
      ...(opens && placement.compacted ? [compactedStep(arrival)] : []),
      ...asking.steps,
      ...(shown ? modelSteps(arrival, record.model, placement, trace_id, lineage) : []),
      ...answering.steps,
    ],
    new_tool_calls: [...asking.new_tool_calls, ...answering.new_tool_calls],
    tool_results: [...asking.tool_results, ...answering.tool_results],
    new_decisions: decisionsOf(arrival, trace_id, answering.asked),
    trace_patch: {
      // Of calls at the same time the one that began first may end last.
      started_at: arrival.started_at,
      ended_at: arrival.ended_at,
      ...(arrival.decoded.record?.undated ? { undated: true as const } : {}),
      ...(side && !opens ? {} : { completion_status: completionStatus(arrival) }),
      ...(title === null || opens ? {} : { title }),
      ...labelled(arrival),
    },
  };
}

/** What the request says that it is made for. */
function labelled({ exchange }: Arrival): Pick<TracePatch, 'metadata'> {
  const metadata: { [name: string]: string } = {};
  for (const [name, value] of exchange.request.headers) {
    const field = labelHeaders.get(name.toLowerCase());
    if (field !== undefined && value !== '') metadata[field] = value;
  }
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

const labelHeaders = new Map([
  [scenarioHeader, 'scenario'],
  [modeHeader, 'execution_mode'],
  [promptHeader, 'prompt_id'],
]);

/**
 * Leading links that the trace shows already: those of the parent, and what another request that goes on from it has brought
 * since (a turn that was asked anew, the question for a summary).
 */
function sharedLinks(
  { chain }: Arrival,
  { parent, knownLinks }: Placement,
  traceId: string,
  lineage: LineageReader,
): number {
  if (parent === null || parent.children === 0 || parent.trace_id !== traceId) return knownLinks;
  for (let count = chain.links.length; count > knownLinks; count--) {
    const end = chain.ends[count] as string;
    if (lineage.byRequestChain(end).some((node) => node.trace_id === traceId)) return count;
  }
  return knownLinks;
}

/** Hashes of what these calls were given and said. */
function historyHashes(nodes: CallNode[], lineage: LineageReader): ReadonlySet<string> {
  const contents = nodes.flatMap((node) => lineage.callContent(node.call_id) ?? []);
  return new Set(
    contents.flatMap((content) => [...content.request_messages, ...content.response_messages].map(contentHash)),
  );
}

/** The rules' answer, held to the trace that the call belongs to in any case. */
function settled(placement: Placement, home: string | null): Placement {
  if (home === null || ('trace_id' in placement.trace && placement.trace.trace_id === home)) return placement;
  const within = placement.parent?.trace_id === home;
  return {
    ...placement,
    trace: { trace_id: home },
    parent: within ? placement.parent : null,
    knownLinks: within ? placement.knownLinks : 0,
  };
}

/**
 * The title that the trace has from this call; null where it has one already, or where the call stands beside the
 * conversation. A session often begins with such a call (a quota check, a title to be made): the first real one names it.
 */
function titleFor(
  arrival: Arrival,
  placement: Placement,
  traceId: string,
  side: boolean,
  lineage: LineageReader,
): string | null {
  if (side) return null;
  if ('new' in placement.trace) return titleOf(arrival);
  if (placement.parent !== null || arrival.session.id === null) return null;
  const titled =
    lineage.byResponseChain(titledMark(traceId)).length > 0 || lineage.hasEvent(traceId, titledMark(traceId));
  return titled ? null : titleOf(arrival);
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

export function hashAll(messages: DecodedCall['request']['messages']): HashedMessage[] {
  return messages.map((message) => ({ hash: contentHash(message), message }));
}

/** Messages that the first `known` links cover whole, with the system prompt before them. */
function messagesWithin(arrival: Arrival, knownLinks: number): number {
  const last = arrival.chain.links[knownLinks - 1];
  if (last === undefined) return 0;
  const parts = arrival.messages[last.message]?.parts.length ?? 0;
  return last.part >= parts - 1 ? last.message + 1 : last.message;
}

function requestSteps(
  arrival: Arrival,
  messages: HashedMessage[],
  { knownLinks, earlier }: { knownLinks: number; earlier: ReadonlySet<string> },
  relatives: (CallNode | null | undefined)[],
  trace_id: string,
  placement: Placement,
  lineage: LineageReader,
): RequestPart {
  const systemShown = relatives.some((node) => node && sameSystem(node, arrival.fingerprint));
  const systemEnd = leadingSystem(arrival.messages);
  const last = arrival.chain.links[knownLinks - 1];
  const start = last === undefined ? { message: systemEnd, part: 0 } : { message: last.message, part: last.part + 1 };
  const fresh = messages.map((hashed, index) => {
    if (index < start.message) return { ...hashed, message: { ...hashed.message, parts: [] as Part[] } };
    if (index > start.message || start.part === 0) return hashed;
    return { ...hashed, message: { ...hashed.message, parts: hashed.message.parts.slice(start.part) } };
  });
  const tools = askedInHistory(arrival, fresh, conversationOf(trace_id, placement), trace_id, lineage);
  const late = resultArrivals(arrival, tools.unpaired, trace_id, placement.parent?.call_id ?? null, lineage);
  const at = sentAt(arrival, placement, trace_id);
  const context: StepContext = {
    arrival,
    side: 'request',
    at,
    reasoning_at: at,
    duration_ms: null,
    asked: tools.asked,
    answers: answeredBy(tools, late.answers),
  };
  const steps: NewStep[] = [];
  messages.forEach((hashed, index) => {
    if (earlier.has(hashed.hash)) return;
    if (index < systemEnd && hasSystem(arrival.messages)) {
      if (!systemShown) steps.push(...stepsOf(context, hashed, index));
    } else if (index >= start.message) {
      steps.push(...stepsOf(context, hashed, index, index === start.message ? start.part : 0));
    }
  });
  return {
    steps,
    new_tool_calls: tools.rows,
    tool_results: late.tool_results,
  };
}

/**
 * When what is new in a request was said: not before the answer that it goes on from. Clients go on at the last event of a
 * stream, before it ends, and programs that report their calls round the times.
 */
function sentAt({ started_at, ended_at }: Arrival, { parent }: Placement, trace_id: string): Micros {
  if (parent === null || parent.trace_id !== trace_id) return started_at;
  return Math.min(Math.max(started_at, parent.ended_at), ended_at);
}

/** A conversation that goes on with another model than the one before. */
function modelSteps(
  arrival: Arrival,
  model: string | null,
  placement: Placement,
  trace_id: string,
  lineage: LineageReader,
): NewStep[] {
  const { parent } = placement;
  if (parent === null || parent.trace_id !== trace_id) return [];
  const transition = switched(lineage.modelOf(parent.call_id), model);
  if (transition === null) return [];
  const { call_id, started_at } = arrival;
  const step_id = nulJoinedId(started_at, call_id, 'model');
  return [
    transitionStep(transition, { ...agentOf(arrival), step_id, call_id, at: sentAt(arrival, placement, trace_id) }),
  ];
}

function compactedStep(arrival: Arrival): NewStep {
  const { call_id, started_at } = arrival;
  const step_id = nulJoinedId(started_at, call_id, 'compacted');
  const base = { ...agentOf(arrival), step_id, call_id, at: started_at };
  return transitionStep({ change: 'compaction', description: 'compacted' }, base);
}

/** The traces that tell one conversation: a call's own, and those that it goes on from or was ordered by. */
function conversationOf(trace_id: string, { trace, parent, repeats }: Placement): ReadonlySet<string> {
  const links = 'new' in trace ? [trace.parent_trace_id, trace.predecessor_trace_id] : [];
  const traces = [trace_id, parent?.trace_id, repeats?.trace_id, ...links];
  return new Set(traces.filter((id) => id !== undefined && id !== null));
}

export function responseSteps(
  arrival: Arrival,
  messages: HashedMessage[],
  trace_id: string,
  placement: Pick<Placement, 'parent'>,
  lineage: LineageReader,
): RequestPart & { asked: StepContext['asked'] } {
  const tools = notStanding(askedByResponse(arrival, messages), arrival, trace_id, lineage);
  const late = resultArrivals(arrival, tools.unpaired, trace_id, placement.parent?.call_id ?? null, lineage);
  const context: StepContext = {
    arrival,
    side: 'response',
    at: arrival.ended_at,
    reasoning_at: Math.min(
      Math.max(arrival.call.first_token_at ?? arrival.ended_at, arrival.started_at),
      arrival.ended_at,
    ),
    duration_ms: durationOf(arrival),
    asked: tools.asked,
    answers: answeredBy(tools, late.answers),
  };
  const steps = messages.flatMap((hashed, index) =>
    // Other choices were thought beside the first; their place is behind it.
    stepsOf(index === 0 ? context : { ...context, reasoning_at: context.at }, hashed, index),
  );
  const error = callError(arrival);
  if (error !== null) {
    steps.push({
      ...agentOf(arrival),
      step_id: nulJoinedId(arrival.started_at, arrival.call_id, 'error'),
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
    tool_results: late.tool_results,
  };
}

/** Without the tool calls that a record told of before their call was known: they stand in the trace already. */
function notStanding(tools: AskedTools, arrival: Arrival, traceId: string, lineage: LineageReader): AskedTools {
  if (arrival.session_key === null || tools.rows.length === 0) return tools;
  const standing = new Set(
    tools.rows
      .filter(({ tool_call_id }) => lineage.toolCallsByKey(traceToolKey(traceId, tool_call_id)).length > 0)
      .map(({ step_id }) => step_id),
  );
  if (standing.size === 0) return tools;
  return {
    ...tools,
    asked: new Map([...tools.asked].map(([part, tool]) => [part, { ...tool, standing: standing.has(tool.step_id) }])),
    rows: tools.rows.filter(({ step_id }) => !standing.has(step_id)),
  };
}

export function callRecord(arrival: Arrival, placement: Pick<Placement, 'parent' | 'edge'>): AssembledCall['call'] {
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
    started_at: arrival.decoded.record?.undated ? null : toIso(arrival.started_at),
    duration_ms: durationOf(arrival),
    ttft_ms: first_token_at === undefined ? null : (first_token_at - arrival.started_at) / 1000,
    stop_reason: response?.stop_reason ?? null,
    partial: response?.partial ?? false,
    error: callError(arrival),
  };
}

/** Null where the source of the call tells no times. */
function durationOf({ decoded, started_at, ended_at }: Arrival): number | null {
  // Of many a file tells one moment, and not how long they took.
  if (decoded.record !== undefined && (decoded.record.undated || ended_at <= started_at)) return null;
  return (ended_at - started_at) / 1000;
}

export function lineageKeys(arrival: Arrival, tools: AssembledCall['new_tool_calls']): AssembledCall['lineage'] {
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
  const marks = [
    ...marksOf(arrival.call_id, arrival.chain, answers[0]),
    ...(compact ? [] : plainEnds(arrival.chain, request.messages, answers)),
  ];
  return {
    request_chain: arrival.conversing ? own : asideChain(request.operation, own),
    response_chains: arrival.conversing && arrival.messages.length > 0 ? [...new Set([...ends, ...marks])] : [],
    response_id: response?.response_id ?? null,
    conversation_id: request.conversation_id ?? null,
    tool_call_ids: tools.map((tool) => tool.tool_call_id),
    session_key: arrival.session_key,
    fingerprint: arrival.fingerprint.slice(0, lookupLength),
    traits: arrival.fingerprint.slice(lookupLength),
  };
}
