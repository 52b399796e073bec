import type { IntakeEvent, Json, Micros } from '../../../shared/model/index.js';
import { millisOfSpan } from '../../../shared/model/index.js';
import { isObject, type JsonObject, member, numberOf, objectOf, objectsOf, textOf } from './fields.js';

const actionFields = new Set(['tool', 'parameters', 'result', 'status', 'duration_ms', 'suspicion']);

/** Actions by the id that they carry, the newest of an id: what they are called here, and whether a result is still to come. */
export type ActionIds = Map<string, { tool_call_id: string; open: boolean }>;

/**
 * What happened in a step: first the step as it was told, whole, then what in it is words, reasoning, a tool call, an error.
 * @param place of the step in its trace
 * @param next the step after it, which may say again what was said in this one
 * @param ids of the steps before it; those of this one are added
 */
export function executionEvents(
  step: JsonObject,
  { place, at, next, ids }: { place: number; at: Micros; next: JsonObject | undefined; ids: ActionIds },
): IntakeEvent[] {
  const stepId = textOf(step['step_id']) ?? String(place);
  const agent = textOf(step['agent']);
  const events: IntakeEvent[] = [];
  const base = () => ({
    at: at + events.length,
    event_id: `${place}:${stepId}:${events.length}`,
    ...(agent === undefined ? {} : { agent }),
  });
  const addMessage = (role: 'system' | 'developer' | 'user' | 'assistant' | 'tool', content: Json) =>
    events.push({
      type: 'message',
      role,
      content: typeof content === 'string' ? content : JSON.stringify(content),
      ...base(),
    });

  events.push({
    type: 'state_change',
    description: textOf(step['step_name']) ?? stepId,
    data: { execution_step: step, place },
    ...durationOf(step),
    ...base(),
  });
  for (const { type, role, content } of messagesIn(step['inputs'])) {
    // In a list stand results of tools, too.
    if (content != null && (type === 'message' || !Array.isArray(step['inputs']))) addMessage(roleOf(role), content);
  }
  const answer = (value: Json | undefined) => {
    for (const result of resultsIn(value)) {
      const asked = ids.get(idOf(result) ?? '');
      if (asked?.open !== true) continue;
      asked.open = false;
      const told = member(result, 'result', 'content', 'output', 'observation') ?? null;
      const failed = result['status'] === 'error' || result['is_error'] === true || saysFailed(told);
      events.push({
        type: 'tool_result',
        tool_call_id: asked.tool_call_id,
        result: told,
        ...(failed || result['status'] === 'ok' ? { is_error: failed } : {}),
        ...base(),
      });
    }
  };
  answer(step['inputs']);
  const reasoning = textOf(step['reasoning']);
  if (reasoning !== undefined) events.push({ type: 'reasoning_step', content: reasoning, ...base() });
  for (const [index, action] of objectsOf(step['actions']).entries()) {
    const own = idOf(action);
    const called = own === undefined || ids.has(own) ? `${stepId}:action:${index}` : own;
    events.push({
      type: 'tool_call',
      tool_call_id: called,
      name: textOf(action['tool']) ?? textOf(action['action_type']) ?? 'action',
      arguments: action['parameters'] ?? {},
      metadata: Object.fromEntries(Object.entries(action).filter(([name]) => !actionFields.has(name))),
      ...base(),
    });
    const { status, result } = action;
    const open = result === undefined || status === 'pending';
    if (own !== undefined) ids.set(own, { tool_call_id: called, open });
    if (open) continue;
    const failed = status === 'error' || (status !== 'ok' && saysFailed(result));
    events.push({
      type: 'tool_result',
      tool_call_id: called,
      result,
      ...(status === 'ok' || failed ? { is_error: failed } : {}),
      ...durationOf(action),
      ...base(),
    });
  }
  const { outputs } = step;
  answer(outputs);
  const words = typeof outputs === 'string' && outputs !== '' ? [{ content: outputs }] : messagesIn(outputs);
  for (const { content } of words) {
    if (content == null) continue;
    if (step['step_type'] !== 'interaction') addMessage('assistant', content);
    // The call that it led to was given the same words.
    else if (!messagesIn(next?.['inputs']).some((input) => input['content'] === content)) addMessage('user', content);
  }
  const error = objectOf(objectOf(step['outcome'])['error']);
  const message = textOf(error['message']);
  // A step of type `error` tells again of the one before it.
  if (message !== undefined && step['step_type'] !== 'error') {
    events.push({ type: 'error', code: textOf(error['code']) ?? 'step_failed', message, ...base() });
  }
  return events;
}

/** What was said, of the inputs or outputs of a step. Older rows have a list there. */
function messagesIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? objectsOf(value) : objectsOf(objectOf(value)['messages']);
}

/** The id by which an action and what came of it name each other. */
function idOf(value: JsonObject): string | undefined {
  return textOf(member(value, 'tool_call_id', 'tool_use_id', 'call_id', 'action_id', 'id'));
}

/** What actions brought, of the inputs or outputs of a step. */
function resultsIn(value: Json | undefined): JsonObject[] {
  if (Array.isArray(value)) return objectsOf(value);
  return ['tool_results', 'results', 'observations'].flatMap((name) => objectsOf(objectOf(value)[name]));
}

function roleOf(value: Json | undefined): 'system' | 'developer' | 'user' | 'assistant' | 'tool' {
  return value === 'system' || value === 'developer' || value === 'tool' || value === 'assistant' ? value : 'user';
}

function saysFailed(result: Json): boolean {
  return isObject(result) && (result['success'] === false || ('error' in result && result['error'] !== null));
}

/** How long it took: milliseconds, or text such as `00:00:30`, where it stands. */
function durationOf(step: JsonObject): { duration_ms?: number } {
  const mapped = objectOf(step['claude_code_mapping']);
  for (const value of [step['duration'], step['execution_time'], mapped['execution_time'], mapped['duration']]) {
    const span = typeof value === 'string' || typeof value === 'number' ? millisOfSpan(value) : undefined;
    const ms = numberOf(step['duration_ms']) ?? span;
    if (ms !== undefined && ms >= 0) return { duration_ms: ms };
  }
  return {};
}
