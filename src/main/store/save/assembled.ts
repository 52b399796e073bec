import type { Assembled, AssembledCall } from '../../../shared/model/index.js';
import type { Documents } from '../documents.js';
import { MessageParts } from '../message-parts.js';
import { rowIn } from '../schema.js';
import type { CallSaver } from './call.js';
import type { ExchangeSaver } from './exchange.js';
import type { StepSaver } from './steps.js';
import type { Completed, ToolCallSaver } from './tool-calls.js';
import type { TraceSaver, TraceState } from './traces.js';

export interface Savers {
  documents: Documents;
  exchanges: ExchangeSaver;
  calls: CallSaver;
  steps: StepSaver;
  toolCalls: ToolCallSaver;
  traces: TraceSaver;
}

export type SavedTopic = 'exchanges' | 'traces';

/** Stores one exchange with everything that was made of it. A second time it changes nothing and names no topic. */
export function saveAssembled(savers: Savers, assembled: Assembled): SavedTopic[] {
  const { exchange } = assembled.decoded;
  if (savers.exchanges.has(exchange.exchange_id)) return [];
  const made = assembled.call;
  if (made === null) {
    savers.exchanges.save(assembled, null);
    return ['exchanges'];
  }
  const trace = savers.traces.open(made);
  const { id, client } = savers.exchanges.save(assembled, trace.id);
  savers.calls.save(assembled, made, id, trace.id, client);
  savers.traces.addCall(trace, assembled, made, client);
  const errors = saveSteps(savers, made, id, trace);
  savers.traces.addErrors(trace, errors);
  savers.traces.save(trace);
  return ['exchanges', 'traces'];
}

/** Returns the number of errors that came to the trace. */
function saveSteps(savers: Savers, made: AssembledCall, call: number, trace: TraceState): number {
  const place = () => rowIn(trace.id, trace.next_seq++);
  const rows = new Map(made.steps.map((step) => [step.step_id, place()]));
  const decisionRows = made.new_decisions.map((decision) => ({
    decision,
    row: rowIn(trace.id, trace.decision_count++),
  }));
  // A tool call without a step of its own still needs a place in the trace.
  const toolCalls = made.new_tool_calls.map((toolCall) => ({ toolCall, row: rows.get(toolCall.step_id) ?? place() }));
  const shown = new Map(toolCalls.map(({ toolCall, row }) => [toolCall.step_id, row]));

  for (const { decision, row } of decisionRows) {
    const led = toolCalls.filter(({ toolCall }) => decision.tool_call_ids.includes(toolCall.tool_call_id));
    savers.steps.addDecision(
      decision,
      row,
      led.map((each) => each.row),
    );
  }
  for (const { toolCall, row } of toolCalls) {
    const led = decisionRows.find(({ decision }) => decision.tool_call_ids.includes(toolCall.tool_call_id));
    savers.toolCalls.add(toolCall, { row, call, decision: led?.row ?? null });
    savers.traces.addToolCall(trace, toolCall.name);
  }
  if (made.new_tool_calls.some(({ status }) => status !== 'pending')) {
    for (const { row } of decisionRows) savers.toolCalls.setOutcome(row);
  }
  const parts = new MessageParts(made, (message) => savers.documents.message(message));
  const completed = complete(savers, made, trace, parts);

  for (const step of made.steps) {
    const row = rows.get(step.step_id) as number;
    if (step.type === 'tool_result') {
      const of = step.tool_call_id === null ? undefined : completed.get(step.tool_call_id);
      const same = of?.trace === trace.id && of.result === JSON.stringify(step.result);
      savers.steps.add(step, row, same ? of : null, parts);
    } else {
      const toolCall = shown.get(step.step_id);
      savers.steps.add(
        step,
        row,
        step.type === 'tool_call' && toolCall !== undefined ? { row: toolCall } : null,
        parts,
      );
    }
  }
  trace.step_count += made.steps.length;

  const errorSteps = made.steps.filter(({ type }) => type === 'error').length;
  const failedCall = made.call.error !== null && errorSteps === 0 ? 1 : 0;
  const failedAtOnce = made.new_tool_calls.filter(({ status }) => status === 'error').length;
  const failedNow = [...completed.values()].filter((each) => fails(each) && each.trace === trace.id).length;
  return errorSteps + failedCall + failedAtOnce + failedNow;
}

function complete(savers: Savers, made: AssembledCall, trace: TraceState, parts: MessageParts): Map<string, Completed> {
  const completed = new Map<string, Completed>();
  const decisions = new Set<number>();
  for (const arrival of made.tool_results) {
    const done = savers.toolCalls.complete(arrival, trace.id, parts);
    if (done === null) continue;
    completed.set(arrival.tool_call_id, done);
    if (done.stored && done.decision !== null) decisions.add(done.decision);
    // A result can come by a call of another trace, after a fork or a compaction.
    if (fails(done) && done.trace !== trace.id) {
      const other = savers.traces.byId(done.trace);
      if (other) {
        savers.traces.addErrors(other, 1);
        savers.traces.save(other);
      }
    }
  }
  for (const decision of decisions) savers.toolCalls.setOutcome(decision);
  return completed;
}

function fails(done: Completed): boolean {
  return done.stored && done.status === 'error';
}
