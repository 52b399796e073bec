import { fromIso, isOwnTest, type Trace } from '../../shared/model/index.js';
import type { Note } from './report.js';

/** Ids, references, pairs, order and times of a trace. Linear in its length. */
export function checkIntegrity(trace: Trace, note: Note): void {
  const calls = unique(trace.calls, 'calls', 'call_id', note);
  const steps = unique(trace.steps, 'steps', 'step_id', note);
  const decisions = unique(trace.decisions, 'decisions', 'decision_id', note);
  unique(trace.scores, 'scores', 'score_id', note);
  checkCounts(trace, note);
  checkCalls(trace, calls, note);
  checkSteps(trace, calls, decisions, note);
  checkToolCalls(trace, calls, steps, note);
  checkPairs(trace, note);
  checkTimes(trace, note);
  const toolCallIds = new Set(trace.tool_calls.map(({ tool_call_id }) => tool_call_id));
  for (const [index, decision] of trace.decisions.entries()) {
    refers(decision.call_id, calls, `decisions[${index}].call_id`, 'call', note);
    for (const [at, id] of decision.tool_call_ids.entries()) {
      refers(id, toolCallIds, `decisions[${index}].tool_call_ids[${at}]`, 'tool call', note);
    }
  }
  for (const name of ['parent_trace_id', 'predecessor_trace_id'] as const) {
    if (trace[name] === trace.trace_id) note('reference_cycle', name, 'The trace names itself.');
  }
}

function unique<Key extends string>(
  list: readonly { [name in Key]: string }[],
  listName: string,
  key: Key,
  note: Note,
): Set<string> {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    if (seen.has(item[key])) note('id_duplicate', `${listName}[${index}].${key}`, 'An earlier one has this id.');
    seen.add(item[key]);
  }
  return seen;
}

function refers(id: string | null | undefined, ids: Set<string>, path: string, what: string, note: Note): void {
  if (id === null || id === undefined || ids.has(id)) return;
  note('reference_missing', path, `There is no such ${what} in the trace.`);
}

function checkCounts(trace: Trace, note: Note): void {
  const lists = { call_count: trace.calls, step_count: trace.steps, tool_call_count: trace.tool_calls };
  for (const [name, list] of Object.entries(lists)) {
    const count = trace[name as keyof typeof lists];
    if (count !== list.length) note('count_mismatch', name, `It is ${count}; the list has ${list.length}.`);
  }
}

/**
 * The first calls of a subagent or of a later segment go on from calls of another trace, whose history they may repeat; that
 * trace need not be there.
 */
function goesOn(trace: Trace): boolean {
  if (trace.parent_trace_id !== null || trace.predecessor_trace_id !== null) return true;
  return trace.metadata?.copied_history === true;
}

function checkCalls(trace: Trace, ids: Set<string>, note: Note): void {
  const continues = goesOn(trace);
  const parents = new Map(trace.calls.map(({ call_id, parent_call_id }) => [call_id, parent_call_id]));
  const settled = new Set<string>();
  for (const [index, call] of trace.calls.entries()) {
    const path = `calls[${index}].parent_call_id`;
    if (!continues) refers(call.parent_call_id, ids, path, 'call', note);
    const walked = new Set<string>();
    for (let at: string | null | undefined = call.call_id; at && !settled.has(at); at = parents.get(at)) {
      if (walked.has(at)) {
        note('reference_cycle', path, 'The call is among its own ancestors.');
        break;
      }
      walked.add(at);
    }
    for (const id of walked) settled.add(id);
  }
}

function checkSteps(trace: Trace, calls: Set<string>, decisions: Set<string>, note: Note): void {
  const toolCalls = new Set(trace.tool_calls.map(({ tool_call_id }) => tool_call_id));
  const repeats = goesOn(trace);
  let before: number | null = null;
  let time = Number.NEGATIVE_INFINITY;
  for (const [index, step] of trace.steps.entries()) {
    const path = `steps[${index}]`;
    if (before !== null && step.seq <= before)
      note('sequence_invalid', `${path}.seq`, `${step.seq} follows ${before}.`);
    before = step.seq;
    const at = step.timestamp === null ? time : fromIso(step.timestamp);
    if (at < time) note('time_unordered', `${path}.timestamp`, 'The step before it is later.');
    time = at;
    refers(step.call_id, calls, `${path}.call_id`, 'call', note);
    if (step.type === 'decision') refers(step.decision_id, decisions, `${path}.decision_id`, 'decision', note);
    if (step.type === 'tool_call' && !repeats)
      refers(step.tool_call_id, toolCalls, `${path}.tool_call_id`, 'tool call', note);
  }
}

function checkToolCalls(trace: Trace, calls: Set<string>, steps: Set<string>, note: Note): void {
  const seen = new Set<string>();
  for (const [index, call] of trace.tool_calls.entries()) {
    const path = `tool_calls[${index}]`;
    // Some servers count their ids from one in every answer.
    const id = `${call.call_id}\0${call.tool_call_id}`;
    if (seen.has(id)) note('id_duplicate', `${path}.tool_call_id`, 'An earlier one of this call has this id.');
    seen.add(id);
    refers(call.call_id, calls, `${path}.call_id`, 'call', note);
    refers(call.step_id, steps, `${path}.step_id`, 'step', note);
    if (call.trace_id !== trace.trace_id) note('reference_missing', `${path}.trace_id`, 'It names another trace.');
  }
}

/** Whether the trace begins in the middle: with a result or an answer instead of what was asked. */
export function beginsInTheMiddle(trace: Trace): boolean {
  const first = trace.steps.find(({ type }) => type === 'message' || type === 'tool_result');
  if (trace.calls.length === 0 || first === undefined) return false;
  return first.type === 'tool_result' || (first.type === 'message' && first.role === 'tool');
}

function checkPairs(trace: Trace, note: Note): void {
  const asked = new Set(trace.tool_calls.map(({ tool_call_id }) => tool_call_id));
  // A tool call of a repeated history has its row in the trace that asked for it.
  if (goesOn(trace)) for (const step of trace.steps) if (step.type === 'tool_call') asked.add(step.tool_call_id);
  const answered = new Set<string>();
  const partial = beginsInTheMiddle(trace) || trace.predecessor_trace_id !== null;
  for (const [index, step] of trace.steps.entries()) {
    if (step.type !== 'tool_result') continue;
    const path = `steps[${index}].tool_call_id`;
    if (step.tool_call_id === null) note('tool_result_unpaired', path, 'The result names no tool call.');
    else if (asked.has(step.tool_call_id)) answered.add(step.tool_call_id);
    // Asked for before the capture began, or in an earlier segment.
    else if (partial) note('tool_result_unpaired', path, 'Its tool call was never captured.');
    else note('tool_result_without_call', path, 'There is no such tool call in the trace.');
  }
  for (const [index, call] of trace.tool_calls.entries()) {
    if (call.status !== 'pending') continue;
    const path = `tool_calls[${index}]`;
    if (answered.has(call.tool_call_id)) {
      note('tool_status_contradicted', `${path}.status`, 'It is pending although its result is a step of the trace.');
    } else if (trace.completion_status === 'completed' && call.metadata.partial !== true) {
      // One out of an answer that was broken off was never there for the agent.
      note('tool_call_unanswered', path, 'The trace is completed without the result of this tool call.');
    } else note('tool_call_pending', path, 'There is no result of this tool call.');
  }
}

function checkTimes(trace: Trace, note: Note): void {
  if (trace.started_at === null) return;
  const start = fromIso(trace.started_at);
  const end = trace.ended_at === null ? Number.POSITIVE_INFINITY : fromIso(trace.ended_at);
  if (end < start) {
    note('time_reversed', 'ended_at', 'The trace ends before it begins.');
    return;
  }
  const within = (time: string | null, path: string) => {
    if (time === null) return;
    const at = fromIso(time);
    if (at < start) note('time_outside', path, 'It is earlier than the trace.');
    else if (at > end) note('time_outside', path, 'It is later than the end of the trace.');
  };
  for (const [index, step] of trace.steps.entries()) {
    // What is run of it afterwards makes it no longer.
    if (!isOwnTest(step)) within(step.timestamp, `steps[${index}].timestamp`);
  }
  for (const [index, call] of trace.calls.entries()) {
    within(call.started_at, `calls[${index}].started_at`);
    if ((call.duration_ms ?? 0) < 0) note('time_reversed', `calls[${index}].duration_ms`, 'It took less than no time.');
  }
  for (const [index, call] of trace.tool_calls.entries()) {
    within(call.timestamp, `tool_calls[${index}].timestamp`);
    if ((call.duration_ms ?? 0) < 0) {
      note('time_reversed', `tool_calls[${index}].duration_ms`, 'It took less than no time.');
    }
  }
}
