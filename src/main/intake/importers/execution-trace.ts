import type { IntakeEvent, IntakeTrace, Micros } from '../../../shared/model/index.js';
import { recordOf } from './build.js';
import { isObject, type JsonObject, numberOf, objectOf, objectsOf, present, textOf, timeOf } from './fields.js';
import type { Importer, ImportItem } from './importer.js';
import { records } from './reading/values.js';

const id = 'execution-trace';

/** Execution traces: a scenario with its steps, each with inputs, reasoning, actions, outputs and state changes. */
export const executionTrace = {
  id,
  title: 'Execution traces',
  description: 'Execution traces ({trace_id, scenario, execution_mode, steps}), one a document or a line.',
  detect({ values }) {
    return values.some(isExecution) ? 1 : 0;
  },
  async *read(input) {
    for await (const entry of records(input)) {
      if ('skipped' in entry) yield entry;
      else if (!isExecution(entry.value)) yield { skipped: { where: entry.where, reason: 'not an execution trace' } };
      else yield* executionItems(entry.value, entry.where);
    }
  },
} satisfies Importer;

function isExecution(value: JsonObject): boolean {
  return (
    textOf(value['trace_id']) !== undefined &&
    'scenario' in value &&
    Array.isArray(value['steps']) &&
    !('calls' in value)
  );
}

function* executionItems(value: JsonObject, where: string): Generator<ImportItem> {
  const traceId = textOf(value['trace_id']) as string;
  const start = timeOf(value['start_time']);
  if (start === undefined) {
    yield { skipped: { where, reason: 'no start_time' } };
    return;
  }
  const end = timeOf(value['end_time']);
  const parent = textOf(value['parent_trace_id']);
  const status = textOf(value['completion_status'])?.toLowerCase();
  const trace: IntakeTrace = {
    key: `${id}:${traceId}`,
    kind: 'execution',
    ...present({ title: textOf(value['scenario'])?.slice(0, 120) }),
    ...(status === undefined ? {} : { completion_status: statusOf(status) }),
    ...(parent === undefined ? {} : { parent_key: `${id}:${parent}` }),
    metadata: present({ scenario: value['scenario'], execution_mode: value['execution_mode'], trace_id: traceId }),
  };
  let at = start;
  const steps = objectsOf(value['steps']);
  yield {
    record: recordOf(id, `trace:${traceId}`, trace, {
      started_at: start,
      ...(end === undefined ? {} : { ended_at: end }),
    }),
  };
  for (const [index, step] of steps.entries()) {
    at = timeOf(step['timestamp']) ?? at + 10;
    const events = stepEvents(step, textOf(step['step_id']) ?? String(index), at);
    if (events.length > 0)
      yield { record: recordOf(id, `step:${traceId}:${index}`, trace, { started_at: at }, { events }) };
  }
}

function statusOf(status: string): 'running' | 'completed' | 'interrupted' | 'failed' {
  if (/^(complete|completed|success|succeeded|done|ok)$/.test(status)) return 'completed';
  if (/^(running|in_progress|pending)$/.test(status)) return 'running';
  return /^(interrupted|cancelled|canceled|aborted|timeout)$/.test(status) ? 'interrupted' : 'failed';
}

/** In the order of a step: what it was given, thought, did, changed and said. */
function stepEvents(step: JsonObject, stepId: string, at: Micros): IntakeEvent[] {
  const agent = textOf(step['agent']);
  let place = 0;
  const base = () => {
    const event = { at: at + place, event_id: `${stepId}:${place}`, ...(agent === undefined ? {} : { agent }) };
    place += 1;
    return event;
  };
  const events: IntakeEvent[] = [];
  const inputs = step['inputs'];
  if (isObject(inputs) && Object.keys(inputs).length > 0)
    events.push({ type: 'state_change', description: 'inputs', data: inputs, ...base() });
  for (const input of objectsOf(inputs)) {
    const content = input['content'];
    if (input['type'] !== 'message' || content === undefined) continue;
    const role =
      input['role'] === 'system' || input['role'] === 'developer' || input['role'] === 'tool' ? input['role'] : 'user';
    events.push({
      type: 'message',
      role,
      content: typeof content === 'string' ? content : JSON.stringify(content),
      ...base(),
    });
  }
  const reasoning = textOf(step['reasoning']);
  if (reasoning !== undefined) events.push({ type: 'reasoning_step', content: reasoning, ...base() });
  for (const [index, action] of objectsOf(step['actions']).entries()) {
    const called = `${stepId}:action:${index}`;
    const name = textOf(action['tool']) ?? textOf(action['action_type']) ?? 'action';
    const duration = numberOf(action['duration_ms']);
    events.push({
      type: 'tool_call',
      tool_call_id: called,
      name,
      arguments: action['parameters'] ?? {},
      metadata: present({ action_type: action['action_type'] }),
      ...base(),
    });
    if (action['result'] === undefined || action['status'] === 'pending') continue;
    const { status, result } = action;
    const stated = status === 'ok' || status === 'error';
    const failed = stated ? status === 'error' : isObject(result) && 'error' in result;
    events.push({
      type: 'tool_result',
      tool_call_id: called,
      result: action['result'],
      ...(stated || failed ? { is_error: failed } : {}),
      ...(duration === undefined ? {} : { duration_ms: duration }),
      ...base(),
    });
  }
  for (const change of Array.isArray(step['state_changes'])
    ? step['state_changes']
    : isObject(step['state_changes'])
      ? [step['state_changes']]
      : []) {
    const described = isObject(change) ? textOf(change['description']) : undefined;
    const data = isObject(change) && described !== undefined ? change['data'] : change;
    events.push({
      type: 'state_change',
      description: described ?? (typeof change === 'string' ? change : 'state change'),
      ...(data === undefined || typeof change === 'string' ? {} : { data }),
      ...base(),
    });
  }
  const outputs = step['outputs'];
  if (typeof outputs === 'string' && outputs !== '')
    events.push({ type: 'message', role: 'assistant', content: outputs, ...base() });
  else if (isObject(outputs) && Object.keys(outputs).length > 0)
    events.push({ type: 'state_change', description: 'outputs', data: outputs, ...base() });
  for (const output of objectsOf(outputs)) {
    const content = output['content'];
    if (content === undefined) continue;
    events.push({
      type: 'message',
      role: 'assistant',
      content: typeof content === 'string' ? content : JSON.stringify(content),
      ...base(),
    });
  }
  const error = objectOf(objectOf(step['outcome'])['error']);
  const message = textOf(error['message']);
  if (message !== undefined)
    events.push({ type: 'error', code: textOf(error['code']) ?? 'step_failed', message, ...base() });
  return events;
}
