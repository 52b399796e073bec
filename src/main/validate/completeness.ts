import type { Trace } from '../../shared/model/index.js';
import { beginsInTheMiddle } from './integrity.js';
import type { Note } from './report.js';

/** Operations that generate nothing have no usage worth asking for. */
const generating = new Set(['chat', 'completion']);

/** What is not wrong but absent: whoever trains on the trace should know. */
export function checkCompleteness(trace: Trace, note: Note): void {
  if (trace.calls.length === 0 && trace.steps.length === 0) note('empty', '', 'There is no call and no step.');
  if (trace.ended_at === null && trace.started_at !== null && trace.completion_status !== 'running') {
    note('ended_at_missing', 'ended_at', `The trace is ${trace.completion_status}.`);
  }
  if (trace.predecessor_trace_id === null && beginsInTheMiddle(trace)) {
    note('history_missing', 'steps', 'It begins with the result of a tool that nothing here asked for.');
  }
  for (const [index, call] of trace.calls.entries()) {
    const path = `calls[${index}]`;
    if (call.model === null) note('model_missing', `${path}.model`, 'The model is not known.');
    if (call.partial) note('call_partial', path, 'The answer ended before its format’s own end.');
    else if (call.usage === null && call.error === null && generating.has(call.operation)) {
      note('usage_missing', `${path}.usage`, 'The tokens are not known.');
    }
  }
  for (const [index, step] of trace.steps.entries()) {
    if (step.type === 'message' && step.other !== undefined && step.other.length > 0) {
      note('part_unread', `steps[${index}].other`, `${step.other.length} parts are kept as they came.`);
    }
  }
}
