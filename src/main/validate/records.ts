import { type ExecutionTrace, fromIso, type Json, type ValidationReport } from '../../shared/model/index.js';
import { checkLeftovers, type Scan } from './leftovers.js';
import { type Note, openReport } from './report.js';
import { holds } from './schema-check.js';
import { type OpenAiChatRow, shapeOf, shapeSchemas, toolCallSchemaOf } from './shapes.js';
import { validateTraceValue } from './trace.js';

/** Checks a record of a file, whichever of our shapes it has; told apart by content. */
export function validateRecord(value: { [key: string]: Json }, scan?: Scan): ValidationReport {
  const shape = shapeOf(value);
  if (shape === 'trace') return validateTraceValue(value, scan);
  const report = openReport();
  const { note } = report;
  if (shape === 'unknown') {
    note('shape_unknown', '', 'It is no trace, execution trace, PR telemetry, tool call, decision or conversation.');
  } else if (holds(shape === 'tool_call' ? toolCallSchemaOf(value) : shapeSchemas[shape], value, note)) {
    if (shape === 'openai_chat') checkConversation(value as unknown as OpenAiChatRow, note);
    if (shape === 'execution_trace') checkExecution(value as unknown as ExecutionTrace, note);
    if (scan !== undefined) checkLeftovers(value, scan, note, false);
  }
  return report.close(shape, traceIdOf(value));
}

/** What could not be read as a record at all. */
export function unreadableRecord(reason: string): ValidationReport {
  const report = openReport();
  report.note('json_invalid', '', reason);
  return report.close('unknown', null);
}

function traceIdOf(value: { [key: string]: Json }): string | null {
  const { metadata } = value;
  const inner =
    typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? metadata.trace_id : null;
  const id = value.trace_id ?? inner;
  return typeof id === 'string' ? id : null;
}

/**
 * It begins with what was asked, every tool call is answered directly after it, and an answer stands at the end: else
 * fine-tuning refuses the file, or teaches answers to questions that nobody sees. An assistant may greet first.
 */
function checkConversation({ messages }: OpenAiChatRow, note: Note): void {
  let open = new Map<string, string>();
  const ids = new Set<string>();
  const close = () => {
    for (const path of open.values()) note('tool_call_unanswered', path, 'No tool message answers it.');
    open = new Map();
  };
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) {
        note('tool_result_without_call', `${path}.tool_call_id`, 'The message before it asked for no such tool call.');
      }
      continue;
    }
    close();
    if (message.role !== 'assistant') continue;
    for (const [at, call] of (message.tool_calls ?? []).entries()) {
      const where = `${path}.tool_calls[${at}]`;
      if (ids.has(call.id)) note('id_duplicate', `${where}.id`, 'An earlier tool call has this id.');
      ids.add(call.id);
      open.set(call.id, where);
    }
  }
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const opening = messages[first];
  const asks = opening?.role === 'assistant' && opening.tool_calls !== undefined;
  if (asks || (opening?.role === 'assistant' && !messages.some(({ role }) => role === 'user'))) {
    note('conversation_invalid', `messages[${first}]`, 'It begins in the middle: what was said before is missing.');
  }
  const last = messages.at(-1);
  if (last?.role === 'assistant' && last.tool_calls === undefined) return;
  // Calls at the very end are what the model is to learn: they need no answer.
  if (last?.role !== 'assistant') {
    close();
    note('conversation_invalid', `messages[${messages.length - 1}]`, 'The last message is not the assistant’s.');
  }
}

function checkExecution(trace: ExecutionTrace, note: Note): void {
  const seen = new Set<string>();
  const start = trace.start_time === null ? Number.NEGATIVE_INFINITY : fromIso(trace.start_time);
  const end = trace.end_time == null ? Number.POSITIVE_INFINITY : fromIso(trace.end_time);
  if (end < start) note('time_reversed', 'end_time', 'The trace ends before it begins.');
  let time = Number.NEGATIVE_INFINITY;
  for (const [index, step] of trace.steps.entries()) {
    const path = `steps[${index}]`;
    const { step_id, recovery } = step;
    if (step_id !== undefined && seen.has(step_id)) {
      note('id_duplicate', `${path}.step_id`, 'An earlier step has this id.');
    }
    if (recovery != null && !seen.has(recovery.of_step_id)) {
      note('reference_missing', `${path}.recovery.of_step_id`, 'There is no such step before it.');
    }
    if (step_id !== undefined) seen.add(step_id);
    const [field, stated] =
      step.timestamp === undefined ? ['start_time', step.start_time] : ['timestamp', step.timestamp];
    const at = stated == null ? Number.NaN : fromIso(stated);
    if (at < time) note('time_unordered', `${path}.${field}`, 'The step before it is later.');
    if (!Number.isNaN(at)) time = at;
    for (const [place, action] of (step.actions ?? []).entries()) {
      if (action.status !== 'pending') continue;
      const code = trace.completion_status === 'completed' ? 'tool_call_unanswered' : 'tool_call_pending';
      note(code, `${path}.actions[${place}]`, 'There is no result of this action.');
    }
  }
  if (trace.end_time == null && trace.completion_status !== 'running') {
    note('ended_at_missing', 'end_time', `The trace is ${trace.completion_status}.`);
  }
  if (trace.steps.length === 0) note('empty', 'steps', 'There is no step.');
}
