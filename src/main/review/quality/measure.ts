import { fromIso, type Step, type Trace } from '../../../shared/model/index.js';
import type { Measures } from './peers.js';

/** What a trace is compared with others by. */
export function measuresOf(trace: Trace): Measures {
  const { usage, cost_usd, completion_status, metadata } = trace;
  const scenario = metadata?.['scenario'];
  const tokens = (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0);
  return {
    scenario: typeof scenario === 'string' && scenario !== '' ? scenario : null,
    incomparable: completion_status === 'completed' ? null : `It is ${completion_status}, not completed.`,
    time_ms: workingTime(trace),
    cost_usd,
    tokens: usage.input_tokens === undefined && usage.output_tokens === undefined ? null : tokens,
  };
}

/** Milliseconds from the first to the last moment, without those in which a person was waited for; null where there are no times. */
function workingTime({ started_at, ended_at, steps }: Trace): number | null {
  if (ended_at === null || started_at === null) return null;
  const whole = fromIso(ended_at) - fromIso(started_at);
  let waited = 0;
  let before: number | null = null;
  for (const step of steps) {
    if (step.timestamp === null) continue;
    const at = fromIso(step.timestamp);
    if (before !== null && isPersons(step)) waited += Math.max(0, at - before);
    before = Math.max(before ?? at, at);
  }
  const time = (whole - waited) / 1000;
  return time > 0 ? time : null;
}

function isPersons(step: Step): boolean {
  return step.type === 'user_feedback' || (step.type === 'message' && step.role === 'user');
}
