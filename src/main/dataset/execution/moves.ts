import type { Call, Step, Trace } from '../../../shared/model/index.js';

/** What belongs together in an execution: the steps of one model call, or one event that stands for itself. */
export interface Move {
  /** Null where no model call is known: records of files and events. */
  call: Call | null;
  /** New before it: instructions, words of the user, results. */
  inputs: Step[];
  /** What the agent thought, said, called and changed. */
  acts: Step[];
}

/** Steps of these types are an action of their own where no model call holds them together. */
const standalone: ReadonlySet<Step['type']> = new Set([
  'file_open',
  'file_close',
  'code_edit',
  'terminal_command',
  'test_result',
  'error',
  'state_change',
  'user_feedback',
]);

/**
 * Cuts a trace's steps into moves, in order. Steps of a model call are one move; others go on with the move before
 * until somebody else has the word. A decision is not a step of its own: it says why the tools of its call were chosen.
 */
export function movesOf(trace: Trace): Move[] {
  const calls = new Map(trace.calls.map((call) => [call.call_id, call]));
  const moves: Move[] = [];
  const ofCall = new Map<string, Move>();
  let open: Move | null = null;
  for (const step of trace.steps) {
    if (step.type === 'decision') continue;
    const call = step.call_id ? calls.get(step.call_id) : undefined;
    if (call !== undefined) {
      let move = ofCall.get(call.call_id);
      if (move === undefined) {
        move = { call, inputs: [], acts: [] };
        ofCall.set(call.call_id, move);
        moves.push(move);
      }
      (isInput(step, call, move) ? move.inputs : move.acts).push(step);
      open = null;
      continue;
    }
    const alone = standalone.has(step.type);
    const input = isInput(step, null, null);
    // Whoever hears an answer has finished the move before.
    if (open === null || alone || (input && open.acts.length > 0)) {
      open = { call: null, inputs: [], acts: [] };
      moves.push(open);
    }
    (input ? open.inputs : open.acts).push(step);
    if (alone) open = null;
  }
  // A call that failed before it said anything is a move too.
  for (const call of trace.calls) {
    if (call.error !== null && !ofCall.has(call.call_id)) moves.push({ call, inputs: [], acts: [] });
  }
  return moves.sort((a, b) => (startOf(a) ?? '').localeCompare(startOf(b) ?? ''));
}

/** Null where its source told no times. */
export function startOf(move: Move): string | null {
  return move.call?.started_at ?? [...move.inputs, ...move.acts][0]?.timestamp ?? null;
}

function isInput(step: Step, call: Call | null, move: Move | null): boolean {
  // What a request carries stands at its start; a vendor's own tools answer within the response.
  if (step.type === 'tool_result') return call === null || atStart(step, call, move);
  return step.type === 'message' && (step.role !== 'assistant' || (call !== null && atStart(step, call, move)));
}

/** Without times only the order says it: what the model was given stands before all that it did. */
function atStart(step: Step, call: Call, move: Move | null): boolean {
  if (step.timestamp !== null && call.started_at !== null) return step.timestamp <= call.started_at;
  return step.type === 'tool_result' && move !== null && move.acts.length === 0;
}
