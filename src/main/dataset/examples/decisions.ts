import {
  type Call,
  type ChatMessage,
  type Decision,
  fromIso,
  type Part,
  type Step,
  type Trace,
} from '../../../shared/model/index.js';
import type { ExampleItem } from './example.js';

/**
 * Decisions that were told of outside of any model call: before each stands what was said and done until then and what its sender
 * said of it, with the options; what is expected is the tool it led to, or what was decided, and why.
 */
export function* toldDecisions(trace: Trace): Generator<ExampleItem> {
  for (const decision of trace.decisions) {
    if (decision.origin !== 'explicit' || decision.call_id !== null) continue;
    if ((decision.reasoning ?? '').trim() === '') yield { skipped: 'no reason is given for the decision' };
    else yield exampleOf(trace, decision);
  }
}

function exampleOf(trace: Trace, decision: Decision): ExampleItem {
  const before = [...saidBefore(trace, decision), ...situation(trace, decision)];
  if (!before.some(({ role }) => role === 'user'))
    return { skipped: 'nothing is known of what stood before the decision' };
  const answer: Part[] = [
    { type: 'reasoning', text: decision.reasoning ?? '' },
    ...(decision.tool_call_ids.length === 0 ? [{ type: 'text' as const, text: decision.decision }] : []),
    ...decision.tool_call_ids.flatMap((id) => callPart(trace, id) ?? []),
  ];
  const [, ...acts] = answer;
  if (acts.length === 0) return { skipped: 'the tool that the decision led to is not there' };
  const messages: ChatMessage[] = [...before, { role: 'assistant', parts: answer }];
  return {
    example: {
      trace,
      call: standIn(trace, decision),
      decision,
      messages,
      expected: before.length,
      context_only: new Set(before.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []))),
      ends_with_calls: acts.some(({ type }) => type === 'tool_call'),
    },
  };
}

/** By the times, and where there are none by the place of the decision's own step. */
function stepsUntil(trace: Trace, { decision_id, timestamp }: Decision): Step[] {
  if (timestamp === null) {
    const place = trace.steps.findIndex((step) => step.type === 'decision' && step.decision_id === decision_id);
    return trace.steps.slice(0, Math.max(0, place));
  }
  const until = fromIso(timestamp);
  return trace.steps.filter((step) => step.timestamp !== null && fromIso(step.timestamp) <= until);
}

/** What was said, and the tool calls that had ended, when it was decided. */
function saidBefore(trace: Trace, decision: Decision): ChatMessage[] {
  const { tool_call_ids } = decision;
  const steps = stepsUntil(trace, decision);
  const results = new Map(
    steps.flatMap((step) =>
      step.type === 'tool_result' && step.tool_call_id !== null ? [[step.tool_call_id, step]] : [],
    ),
  );
  return steps.flatMap((step): ChatMessage[] => {
    if (step.type === 'message' && step.content !== '' && step.role !== 'tool')
      return [{ role: step.role, parts: [{ type: 'text', text: step.content }] }];
    if (step.type !== 'tool_call' || tool_call_ids.includes(step.tool_call_id)) return [];
    const result = results.get(step.tool_call_id);
    const call = result && callPart(trace, step.tool_call_id);
    if (result === undefined || call == null) return [];
    const { tool_call_id, name } = step;
    const failed = trace.tool_calls.some((tool) => tool.tool_call_id === tool_call_id && tool.status === 'error');
    return [
      { role: 'assistant', parts: [call] },
      {
        role: 'tool',
        parts: [
          { type: 'tool_result', tool_call_id, name, result: result.result, ...(failed ? { is_error: true } : {}) },
        ],
      },
    ];
  });
}

/** What its sender said of the situation, else what the trace is about, and what could be chosen. */
function situation(trace: Trace, { context, available_options }: Decision): ChatMessage[] {
  const options = available_options.map(({ option, pros = [], cons = [] }) =>
    [`- ${option}`, ...pros.map((pro) => `  + ${pro}`), ...cons.map((con) => `  - ${con}`)].join('\n'),
  );
  const text = [context ?? trace.title, ...(options.length === 0 ? [] : [`Options:\n${options.join('\n')}`])]
    .filter((part) => part !== '')
    .join('\n\n');
  return text === '' ? [] : [{ role: 'user', parts: [{ type: 'text', text }] }];
}

function callPart({ tool_calls }: Trace, id: string): Part | null {
  const tool = tool_calls.find(({ tool_call_id }) => tool_call_id === id);
  return tool === undefined ? null : { type: 'tool_call', id, name: tool.name, arguments: tool.arguments };
}

/** In the place of the call that there was none of: it offered the options that are tools of the trace. */
function standIn(trace: Trace, { decision_id, timestamp, available_options }: Decision): Call {
  const tools = new Set(trace.tool_calls.map(({ name }) => name));
  return {
    call_id: decision_id,
    exchange_id: null,
    parent_call_id: null,
    edge: { rule: 'root', basis: 'recorded', confidence: 1 },
    response_id: null,
    format: 'decision',
    operation: 'chat',
    model: trace.models[0] ?? null,
    params: {},
    tools_offered: available_options.flatMap(({ option }) => (tools.has(option) ? [{ name: option }] : [])),
    usage: null,
    cost_usd: null,
    started_at: timestamp,
    duration_ms: null,
    ttft_ms: null,
    stop_reason: null,
    partial: false,
    error: null,
  };
}
