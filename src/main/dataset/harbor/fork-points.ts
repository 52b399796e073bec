import type { Call, Forks, Step, Trace } from '../../../shared/model/index.js';
import { incompleteness } from '../examples/branches.js';

/** Where another agent goes on: what was said and done before, and the step that it takes the place of. */
export interface ForkPoint {
  step: Step;
  /** The steps before it in its own line, the first first. */
  before: readonly Step[];
}

/** The points of a trace that are asked for; each reason why one is none. */
export function forkPoints(trace: Trace, forks: Forks): (ForkPoint | { skipped: string })[] {
  const points = [...pointsIn(trace)];
  if (points.length === 0) return [{ skipped: 'nothing in it is an agent’s answer' }];
  if (forks === 'all') return points;
  if (forks === 'start') return points.slice(0, 1);
  if (forks === 'last') return points.slice(-1);
  return forks.map((seq) => {
    const point = points.find(({ step }) => step.seq === seq);
    return point ?? { skipped: `no answer begins at step ${seq}` };
  });
}

function* pointsIn(trace: Trace): Generator<ForkPoint> {
  const calls = new Map(trace.calls.map((call) => [call.call_id, call]));
  const begun = new Set<string>();
  for (const [index, step] of trace.steps.entries()) {
    const call = step.call_id == null ? undefined : calls.get(step.call_id);
    if (call === undefined) {
      if (beginsAct(step, trace.steps[index - 1]))
        yield { step, before: trace.steps.slice(0, index).filter((each) => !isOfCall(each, calls)) };
      continue;
    }
    if (!isAnswer(step) || begun.has(call.call_id)) continue;
    begun.add(call.call_id);
    if (incompleteness(call) !== null) continue;
    const line = lineOf(call, calls);
    yield {
      step,
      before: trace.steps.slice(0, index).filter((each) => !isOfCall(each, calls) || line.has(each.call_id as string)),
    };
  }
}

function isOfCall({ call_id }: Step, calls: ReadonlyMap<string, Call>): boolean {
  return call_id != null && calls.has(call_id);
}

/** The call and those that it goes on from. */
function lineOf(call: Call, calls: ReadonlyMap<string, Call>): Set<string> {
  const line = new Set<string>();
  for (let at: Call | undefined = call; at !== undefined && !line.has(at.call_id); ) {
    line.add(at.call_id);
    at = at.parent_call_id === null ? undefined : calls.get(at.parent_call_id);
  }
  return line;
}

/** What a model gave of itself. */
function isAnswer(step: Step): boolean {
  return (
    step.type === 'reasoning' || step.type === 'tool_call' || (step.type === 'message' && step.role === 'assistant')
  );
}

const thoughts: ReadonlySet<Step['type']> = new Set(['reasoning', 'reasoning_step', 'decision']);
const acts: ReadonlySet<Step['type']> = new Set(['code_edit', 'terminal_command', 'tool_call']);

/** Whether an agent whose calls are not known begins to think or act here: what follows a thought belongs to it, as do parallel calls. */
function beginsAct(step: Step, before: Step | undefined): boolean {
  if (!thoughts.has(step.type) && !acts.has(step.type) && !(step.type === 'message' && step.role === 'assistant'))
    return false;
  if (before === undefined) return true;
  if (thoughts.has(before.type) || (before.type === 'message' && before.role === 'assistant')) return false;
  return !(step.type === 'tool_call' && before.type === 'tool_call');
}
