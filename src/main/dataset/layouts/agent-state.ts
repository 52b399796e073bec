import type { Json, Part, ToolCall, Trace } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';
import { heldBefore } from '../examples/held-state.js';
import { scoreOf } from '../packages/scores.js';

type ToolCallPart = Extract<Part, { type: 'tool_call' }>;
type JsonObject = { [name: string]: Json };

/** What an agent knew and could do where it answered; what is not known is absent. */
export interface AgentState {
  scenario: string | null;
  goal: string;
  current_state: JsonObject;
  available_tools: string[];
}

export function agentState({ trace, call, messages, expected, domain }: Example): AgentState {
  const context = messages.slice(0, expected);
  const asked = context.filter(({ role, parts }) => role === 'user' && parts.some(({ type }) => type === 'text'));
  const goal = textOf(asked[0]?.parts ?? []);
  const latest = asked.length > 1 ? textOf(asked.at(-1)?.parts ?? []) : null;
  const scenario = trace.metadata?.scenario;
  return {
    scenario: typeof scenario === 'string' ? scenario : (domain ?? null),
    goal: goal === '' ? trace.title : goal,
    current_state: {
      step: context.filter(({ role }) => role === 'assistant').length + 1,
      ...(latest === null ? {} : { request: latest }),
      ...lastAction(context),
      ...heldBefore(trace, call.call_id, ['plan', 'mode', 'folder']),
    },
    available_tools: call.tools_offered.map(({ name }) => name),
  };
}

/** Whether the state before the expected output is that in which all of it was said. */
export function isOneAnswer({ messages, expected }: Example): boolean {
  return expected === messages.length - 1;
}

export interface AgentAction {
  action: 'tool_request' | 'response';
  tool: string | null;
  parameters: JsonObject | null;
  reasoning: string;
  /** What the person is told. */
  text: string;
  tool_call_id: string | null;
}

/** What an answer does: each tool call that it asks for, or its words. */
export function actionsOf({ parts }: Example['messages'][number]): AgentAction[] {
  const text = textOf(parts);
  const thought = parts.flatMap((part) => (part.type === 'reasoning' && !part.encrypted ? [part.text] : [])).join('\n');
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool_call');
  if (calls.length === 0)
    return [{ action: 'response', tool: null, parameters: null, reasoning: thought, text, tool_call_id: null }];
  return calls.map((call) => ({
    action: 'tool_request',
    tool: call.name,
    parameters: objectOf(call.arguments),
    // Words before a tool call are its reason where nothing was thought.
    reasoning: thought === '' ? text : thought,
    text,
    tool_call_id: call.id,
  }));
}

/** What is known of how good a row is. */
export interface RowQuality {
  quality_score: number | null;
  human_validated: boolean;
  execution_successful: boolean | null;
  training_weight: number | null;
}

export function rowQuality(example: Example, action: AgentAction): RowQuality {
  const { trace, weight } = example;
  const madeBy = example.decision === undefined ? example.call.call_id : null;
  const tool = trace.tool_calls.find(
    ({ tool_call_id, call_id }) => tool_call_id === action.tool_call_id && (madeBy === null || call_id === madeBy),
  );
  // A corrected answer was never carried out.
  const carriedOut = example.rejected === undefined;
  return {
    // What was scored is what happened.
    quality_score: carriedOut ? scoreOf(trace, 'quality_score') : null,
    human_validated: trace.review?.label === 'accepted' || !carriedOut,
    execution_successful: carriedOut ? (example.decision?.outcome?.success ?? succeeded(trace, action, tool)) : null,
    training_weight: weight ?? scoreOf(trace, 'training_weight'),
  };
}

function succeeded(trace: Trace, action: AgentAction, tool: ToolCall | undefined): boolean | null {
  if (action.action === 'tool_request')
    return tool === undefined || tool.status === 'pending' ? null : (tool.metadata.judged ?? tool.status) === 'ok';
  if (trace.completion_status === 'completed') return true;
  return trace.completion_status === 'failed' ? false : null;
}

/** The last thing the agent did, and what came of it. */
function lastAction(context: Example['messages']): JsonObject {
  const results = new Map<string | null, Extract<Part, { type: 'tool_result' }>>();
  for (const { parts } of context)
    for (const part of parts) if (part.type === 'tool_result') results.set(part.tool_call_id, part);
  for (const { role, parts } of [...context].reverse()) {
    if (role !== 'assistant') continue;
    const call = parts.findLast((part): part is ToolCallPart => part.type === 'tool_call');
    if (call === undefined) return {};
    const result = results.get(call.id);
    return {
      last_action: {
        tool: call.name,
        parameters: call.arguments,
        ...(result === undefined ? {} : { result: result.result, ...(result.is_error ? { failed: true } : {}) }),
      },
    };
  }
  return {};
}

function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function objectOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { input: value };
}

/** What an example that was derived says of it in a row’s metadata. */
export function derivedIn({ derived }: Example): { derived?: Json } {
  return derived === undefined ? {} : { derived: derived as unknown as Json };
}
