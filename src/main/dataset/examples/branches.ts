import type { Call, ChatMessage, ThreadingRule, Trace } from '../../../shared/model/index.js';
import type { CallMessages, ExportSource } from '../source.js';

type Source = Pick<ExportSource, 'callMessages'>;

/** A finished line of a trace: its last call and the whole conversation up to and including the answer. */
export interface Branch {
  end: Call;
  messages: ChatMessage[];
}

/** Stop reasons of all vendors that mean the answer is not whole. */
const cutOff = new Set([
  'length',
  'max_tokens',
  'max_output_tokens',
  'model_context_window_exceeded',
  'content_filter',
  'safety',
  'pause_turn',
  'incomplete',
  'in_progress',
  'cancelled',
  'failed',
]);

/** Rules under which a call repeats what its parent said, or continues it by id. */
const continuing: ReadonlySet<ThreadingRule> = new Set(['response_id', 'tool_call_id', 'message_prefix']);

/**
 * The finished lines of a trace, oldest first: calls that no later complete call continues. Failed and cut-off calls
 * end no line; where a compaction rewrote the history, the line before it stands for itself.
 */
export function* branches(trace: Trace, source: Source): Generator<Branch | { skipped: string }> {
  const talks = trace.calls.filter((call) => call.operation === 'chat' || call.operation === 'completion');
  if (talks.length === 0) yield { skipped: 'no model conversation' };
  const byId = new Map(trace.calls.map((call) => [call.call_id, call]));
  const complete = talks.filter((call) => incompleteness(call) === null);
  yield* unfinished(talks, complete, byId);

  const textsInHistory = new Set<string>();
  const continued = new Set<string>();
  for (const call of complete) {
    const parent = completeParent(call, byId);
    if (parent && !continued.has(parent.call_id) && continues(call, parent, source)) continued.add(parent.call_id);
  }
  for (const end of complete) {
    if (continued.has(end.call_id)) continue;
    const own = source.callMessages(end.call_id);
    const history = own && wholeHistory(end, own, byId, source);
    if (own === null) yield { skipped: 'the messages are no longer stored' };
    else if (!history) yield { skipped: 'what was said before was not captured' };
    else if (own.response.length === 0) yield { skipped: 'no answer' };
    else {
      for (const { parts } of history)
        for (const part of parts) if (part.type === 'text') textsInHistory.add(part.text);
      for (const choice of own.response) yield { end, messages: [...history, choice] };
    }
  }
  for (const step of talks.length === 0 ? [] : trace.steps) {
    const beside = step.type === 'message' && !step.call_id && step.content !== '' && !textsInHistory.has(step.content);
    if (beside) yield { skipped: 'said, but no model call was given it' };
  }
}

/** Calls whose words stand in no line: none goes on from them, and none that was answered asked the same again. */
function* unfinished(talks: Call[], complete: Call[], byId: Map<string, Call>): Generator<{ skipped: string }> {
  const before = (call: Call) => completeParent(call, byId)?.call_id ?? null;
  // Without times they stand in their order.
  const places = new Map([...byId.keys()].map((id, place) => [id, String(place).padStart(9, '0')]));
  const whenOf = (call: Call) => call.started_at ?? places.get(call.call_id) ?? '';
  const answered = new Map<string | null, string>();
  for (const call of complete) {
    const parent = before(call);
    if ((answered.get(parent) ?? '') < whenOf(call)) answered.set(parent, whenOf(call));
  }
  const reportedParents = new Set<string | null>();
  for (const call of talks) {
    const why = incompleteness(call);
    const parent = before(call);
    if (why === null || (answered.get(parent) ?? '') >= whenOf(call)) continue;
    // Attempts at one request are one line that has no end.
    if (reportedParents.has(parent) && complete.length > 0) continue;
    reportedParents.add(parent);
    yield { skipped: why };
  }
}

/** Why the answer of a call is not whole; null where it is. */
export function incompleteness(call: Call): string | null {
  if (call.error) return `the call failed (${call.error.code})`;
  if (call.partial) return 'the answer was cut off';
  const reason = call.stop_reason?.toLowerCase();
  return reason !== undefined && cutOff.has(reason) ? `the answer was cut off (${reason})` : null;
}

/** The nearest complete call above this one; failed attempts in between are passed over. */
export function completeParent(call: Call, byId: Map<string, Call>): Call | null {
  const seen = new Set<string>();
  let current: Call | undefined = call;
  while (current && current.parent_call_id !== null && !seen.has(current.call_id)) {
    seen.add(current.call_id);
    current = byId.get(current.parent_call_id);
    if (current && incompleteness(current) === null) return current;
  }
  return null;
}

/** Whether the call holds all that its parent held. A session's name alone does not say: it outlives compactions. */
function continues(call: Call, parent: Call, source: Source): boolean {
  if (continuing.has(call.edge.rule)) return true;
  if (call.edge.rule !== 'session_header') return false;
  const before = parent.usage?.input_tokens;
  const after = call.usage?.input_tokens;
  // A history that is sent again grows. Looking at the messages of every call would cost the square of the session.
  if (before !== undefined && after !== undefined && after >= before) return true;
  const own = source.callMessages(call.call_id);
  const parentMessages = source.callMessages(parent.call_id);
  if (!own || !parentMessages) return false;
  return sendsOnlyNew(call, own) || own.request.length > parentMessages.request.length;
}

/**
 * Request messages of a call, with what its parents said where the client sent only what was new. Null where a part of
 * that was never captured.
 */
export function wholeHistory(
  call: Call,
  own: CallMessages,
  byId: Map<string, Call>,
  source: Source,
): ChatMessage[] | null {
  const earlier: ChatMessage[][] = [];
  const seen = new Set<string>();
  let current = call;
  let messages = own;
  while (sendsOnlyNew(current, messages)) {
    seen.add(current.call_id);
    const parent = current.parent_call_id === null ? undefined : byId.get(current.parent_call_id);
    const parentMessages = parent && source.callMessages(parent.call_id);
    if (!parentMessages || seen.has(parent.call_id)) return null;
    earlier.push([...parentMessages.request, ...parentMessages.response.slice(0, 1)]);
    current = parent;
    messages = parentMessages;
  }
  const history = earlier.reverse().flat();
  const head = own.request.findIndex((message) => !isInstruction(message));
  const instructions = own.request.slice(0, head === -1 ? own.request.length : head);
  if (history.length === 0 || instructions.length === 0) return [...history, ...own.request];
  // Instructions are not carried over by previous_response_id: those of the last call hold for the whole line.
  const rest = own.request.slice(instructions.length);
  return [...instructions, ...history.filter((message) => !isInstruction(message)), ...rest];
}

function sendsOnlyNew(call: Call, messages: CallMessages): boolean {
  if (messages.history_complete !== undefined) return !messages.history_complete;
  const first = messages.request.find((message) => !isInstruction(message));
  const startsWithResult = first?.role === 'tool' || first?.parts[0]?.type === 'tool_result';
  return call.edge.rule === 'response_id' || startsWithResult;
}

function isInstruction(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer';
}
