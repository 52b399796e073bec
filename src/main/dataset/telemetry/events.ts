import { documentNames, type Json, type Step, type Trace } from '../../../shared/model/index.js';
import { isObject, type JsonObject } from '../../ground/json.js';
import { plainTime } from '../plain-time.js';

/** An event of PR telemetry: what happened, when, and its fields. */
export interface TelemetryEvent {
  event_type: Step['type'];
  timestamp: string | null;
  agent?: string;
  data: JsonObject;
}

/** Steps as the events that they came of, field by field. */
export function telemetryEvents(trace: Trace): TelemetryEvent[] {
  const decisions = new Map(trace.decisions.map((decision) => [decision.decision_id, decision]));
  return trace.steps.map((step) => ({
    event_type: step.type,
    timestamp: plainTime(step.timestamp),
    ...(step.agent === undefined ? {} : { agent: step.agent }),
    data:
      step.type === 'decision'
        ? { ...(sentAgain(decisions.get(step.decision_id) ?? {}, decisionColumns) as JsonObject) }
        : withSpan(fieldsOf(step), step.duration_ms),
  }));
}

const decisionColumns = ['decision_id', 'trace_id', 'call_id', 'timestamp', 'origin'];

/** A decision, an option or an outcome in the words in which it was sent. */
export function sentAgain(value: object, without: readonly string[] = []): Json {
  if (Array.isArray(value)) return value.map((item) => again(item as Json));
  const { as_sent, ...fields } = value as JsonObject;
  const kept = Object.entries(fields).filter(([name, field]) => !without.includes(name) && field !== undefined);
  const sent = Object.fromEntries(kept.map(([name, field]) => [name, again(field)]));
  return isObject(as_sent) ? { ...sent, ...as_sent } : sent;
}

function again(value: Json): Json {
  return typeof value === 'object' && value !== null ? sentAgain(value) : value;
}

/** A step's fields under the names that they were sent under; those that were not sent are left out. */
function named(fields: JsonObject, data: Json | undefined): JsonObject {
  const { sent_as, ...more } = isObject(data) ? data : {};
  const names: JsonObject = isObject(sent_as) ? sent_as : {};
  const event: JsonObject = {};
  for (const [field, value] of Object.entries(fields)) {
    const name = Object.hasOwn(names, field) ? names[field] : (documentNames[field] ?? field);
    if (typeof name === 'string') event[name] = name === 'duration' ? Number(value) / 1000 : value;
  }
  return { ...event, ...more };
}

function withSpan(data: JsonObject, duration_ms: number | null | undefined): JsonObject {
  return duration_ms == null || 'duration' in data || 'duration_ms' in data ? data : { ...data, duration_ms };
}

function fieldsOf(step: Exclude<Step, { type: 'decision' }>): JsonObject {
  const span: JsonObject = step.duration_ms == null ? {} : { duration_ms: step.duration_ms };
  switch (step.type) {
    case 'file_open':
    case 'file_close':
      return named({ file: step.file }, step.data);
    case 'code_edit':
      return named({ file: step.file, diff: step.diff }, step.data);
    case 'terminal_command':
      return named({ command: step.command, exit_code: step.exit_code, output: step.output, ...span }, step.data);
    case 'test_result':
      return named(
        { name: step.name, status: step.status, ...(step.output === undefined ? {} : { output: step.output }) },
        step.data,
      );
    case 'reasoning_step':
    case 'user_feedback':
      return named({ content: step.content }, step.data);
    case 'reasoning':
      return { content: step.content };
    case 'message':
      return { role: step.role, content: step.content };
    case 'tool_call':
      return { tool_call_id: step.tool_call_id, name: step.name, arguments: step.arguments };
    case 'tool_result':
      return {
        ...(step.tool_call_id === null ? {} : { tool_call_id: step.tool_call_id }),
        ...(step.name === undefined ? {} : { name: step.name }),
        result: step.result,
        ...(step.is_error === undefined ? {} : { is_error: step.is_error }),
      };
    case 'error':
      return {
        code: step.code,
        message: step.message,
        ...(step.details === undefined ? {} : { details: step.details }),
      };
    case 'state_change':
      return { description: step.description, ...(step.data === undefined ? {} : { data: step.data }) };
  }
}
