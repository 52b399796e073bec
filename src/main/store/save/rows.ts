import type { AssembledRows, Json } from '../../../shared/model/index.js';
import { rowIn } from '../sqlite/schema.js';
import type { ContentParts } from '../text/content-parts.js';
import type { StepSaver } from './steps.js';
import type { Completed, ToolCallSaver } from './tool-calls.js';
import type { TraceSaver, TraceState } from './traces.js';
import type { WireTools } from './wire-tools.js';

export interface RowSavers {
  steps: StepSaver;
  toolCalls: ToolCallSaver;
  traces: TraceSaver;
  wireTools: WireTools;
}

interface RowsFrom {
  /** Row of the call that the rows came with. */
  call: number | null;
  /** That call was sent without admin. */
  sent: boolean;
  parts: ContentParts;
  /** The call failed without a step that says so. */
  failed: boolean;
  /** They need not come in the order in which they happened. */
  anyOrder: boolean;
}

export interface SavedRows {
  /** Anything of the trace is not what it was. */
  changed: boolean;
  /** Rows of tool calls, of whatever trace, whose results claim what the wire contradicts. */
  contradicted: number[];
  /** Tool calls, of whatever trace, that have a result now. */
  answered: { row: number; result: Json }[];
}

/** Adds rows to a trace, completes others, and takes them into its summary. The caller saves the summary. */
export function saveRows(savers: RowSavers, made: AssembledRows, trace: TraceState, from: RowsFrom): SavedRows {
  const { parts } = from;
  if (from.anyOrder) keepOrder(savers, made, trace);
  const patched = savers.traces.patch(trace, made.trace_patch, rowsOf(made, trace));
  const undated = made.trace_patch.undated === true;
  const place = () => rowIn(trace.id, trace.next_seq++);
  const rows = new Map(made.steps.map((step) => [step.step_id, place()]));
  const decisionRows = made.new_decisions.map((decision) => ({
    decision,
    // What was sent is kept as it was sent: the store works the outcome of derived ones out of their tool calls.
    leads: decision.origin === 'derived' ? new Set(decision.tool_call_ids) : new Set<string>(),
    row: rowIn(trace.id, trace.decision_count++),
  }));
  // A tool call without a step of its own still needs a place in the trace.
  const toolCalls = made.new_tool_calls.map((toolCall) => ({ toolCall, row: rows.get(toolCall.step_id) ?? place() }));
  const shown = new Map(toolCalls.map(({ toolCall, row }) => [toolCall.step_id, row]));

  for (const { decision, leads, row } of decisionRows) {
    const led = toolCalls.filter(({ toolCall }) => leads.has(toolCall.tool_call_id));
    savers.steps.addDecision(
      decision,
      row,
      led.map((each) => each.row),
      undated,
    );
  }
  for (const { toolCall, row } of toolCalls) {
    const led = decisionRows.find(({ leads }) => leads.has(toolCall.tool_call_id));
    savers.toolCalls.add(toolCall, { row, call: from.call, sent: from.sent, decision: led?.row ?? null, undated });
    savers.traces.addToolCall(trace, toolCall.name);
  }
  if (made.new_tool_calls.some(({ status }) => status !== 'pending')) {
    for (const { row } of decisionRows) savers.toolCalls.setOutcome(row);
  }
  const completed = complete(savers, made, trace, parts);

  for (const step of made.steps) {
    const row = rows.get(step.step_id) as number;
    if (step.type === 'tool_result') {
      const of = step.tool_call_id === null ? undefined : completed.get(step.tool_call_id);
      const same = of?.trace === trace.id && of.result === JSON.stringify(step.result);
      savers.steps.add(step, row, { shown: same ? of : null, parts, undated });
    } else {
      const toolCall = shown.get(step.step_id);
      const own = step.type === 'tool_call' && toolCall !== undefined ? { row: toolCall } : null;
      savers.steps.add(step, row, { shown: own, parts, undated });
    }
    if (trace.step_order > 0) savers.steps.addTime(trace.id, step.at, row);
  }
  trace.step_count += made.steps.length;

  const errorSteps = made.steps.filter(({ type }) => type === 'error').length;
  const failedAtOnce = made.new_tool_calls.filter(({ status }) => status === 'error').length;
  const failedNow = [...completed.values()].filter((each) => fails(each) && each.trace === trace.id).length;
  savers.traces.addErrors(trace, errorSteps + (from.failed ? 1 : 0) + failedAtOnce + failedNow);
  const added = made.steps.length + made.new_tool_calls.length + made.new_decisions.length;
  const stored = [...completed.values()].filter((each) => each.stored);
  return {
    changed: patched || added > 0 || stored.some((each) => each.trace === trace.id),
    contradicted: stored.filter((each) => each.contradicted).map(({ row }) => row),
    answered: [
      ...toolCalls.flatMap(({ toolCall: { status, result = null }, row }) =>
        status === 'pending' ? [] : [{ row, result }],
      ),
      ...stored.map(({ row, value }) => ({ row, result: value })),
    ],
  };
}

/** Whether the trace has rows, and whether some come to it; a call that comes is counted before its rows. */
function rowsOf(made: AssembledRows, trace: TraceState): { stand: boolean; come: boolean } {
  const calls = 'call' in made ? 1 : 0;
  const { call_count, step_count, tool_call_count, decision_count } = trace;
  return {
    stand: call_count - calls + step_count + tool_call_count + decision_count > 0,
    come: calls + made.steps.length + made.new_tool_calls.length + made.new_decisions.length > 0,
  };
}

/** Reads a trace by time from now on when steps come that belong before others; counts that, for who has read it. */
function keepOrder(savers: RowSavers, { steps }: AssembledRows, trace: TraceState): void {
  const first = steps.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const sorted = steps.every(({ at }, index) => index === 0 || at >= (steps[index - 1]?.at ?? 0));
  const late = trace.step_count > 0 && first < trace.ended_at;
  if (sorted && !late) return;
  if (trace.step_order === 0) {
    savers.steps.orderByTime(trace.id);
    trace.step_order = 1;
  }
  if (late) trace.step_order += 1;
}

function complete(savers: RowSavers, made: AssembledRows, trace: TraceState, parts: ContentParts) {
  const completed = new Map<string, Completed>();
  const decisions = new Set<number>();
  const traceOf = (traceId: string) =>
    traceId === made.trace_id ? trace.id : (savers.traces.byTraceId(traceId)?.id ?? null);
  for (const arrival of made.tool_results) {
    const done = savers.toolCalls.complete(arrival, trace.id, parts, traceOf);
    if (done === null) continue;
    completed.set(arrival.tool_call_id, done);
    if (done.stored && done.decision !== null) decisions.add(done.decision);
    const unsent = done.stored && done.unsent && savers.wireTools.serves(done.tool, done.at);
    if (unsent) savers.wireTools.setUnsent(done.row);
    // A result can come by a call of another trace, after a fork or a compaction.
    const other = done.trace === trace.id ? trace : savers.traces.byId(done.trace);
    if (other === undefined) continue;
    if (unsent) savers.traces.addTerm(other, 'effect', 'never_sent');
    if (other === trace || !done.stored) continue;
    if (fails(done)) savers.traces.addErrors(other, 1);
    savers.traces.save(other);
  }
  for (const decision of decisions) savers.toolCalls.setOutcome(decision);
  return completed;
}

function fails(done: Completed): boolean {
  return done.stored && done.status === 'error';
}
