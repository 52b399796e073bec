import { counted, type TraceRule } from '../rule.js';

/** The share of what the agent did that ended well, with the whole trace as one act more. */
export const successRate: TraceRule = {
  id: 'success_rate',
  title: 'Success rate',
  description: 'Share of finished actions, and of the trace itself, that ended well.',
  weight: 2,
  of({ trace, actions }) {
    const ended = actions.filter(({ outcome }) => outcome !== null);
    const whole = trace.completion_status === 'running' ? [] : [Number(trace.completion_status === 'completed')];
    const outcomes = [...ended.map(({ outcome }) => outcome as number), ...whole];
    if (outcomes.length === 0) return { reason: 'It still runs, and nothing in it has ended.' };
    const failed = ended.filter(({ outcome }) => (outcome as number) < 0.5);
    return {
      value: outcomes.reduce((sum, each) => sum + each, 0) / outcomes.length,
      evidence: `${ended.length - failed.length} of ${counted(ended.length, 'action')} ended well; the trace is ${trace.completion_status}`,
      steps: failed.map(({ step_id }) => step_id),
    };
  },
};
