import { mean, type TraceRule } from '../rule.js';

const cut = /^(?:length|max_tokens|max_output_tokens|content_filter|incomplete)$/i;

/** Whether everything that belongs to a trace is there. */
export const completeness: TraceRule = {
  id: 'completeness',
  title: 'Completeness',
  description: 'Mean of: a task, an end, answers to all model calls in full, results of all tool calls.',
  weight: 1,
  of({ trace, actions, own, task, answer }) {
    if (trace.steps.length === 0) return { reason: 'It has no step.' };
    const { calls } = trace;
    const whole = calls.filter(
      ({ partial, error, stop_reason }) => !partial && error === null && !cut.test(stop_reason ?? ''),
    );
    const open = actions.filter(({ outcome }) => outcome === null);
    const ended = answer !== null || (trace.completion_status === 'completed' && own.at(-1)?.type !== 'tool_call');
    const hasTask = task !== null || trace.kind === 'pr_telemetry' || trace.kind === 'execution';
    const parts: [label: string, value: number][] = [
      [hasTask ? 'task' : 'no task', Number(hasTask)],
      [ended ? 'an end' : 'no end', Number(ended && trace.completion_status !== 'running')],
      ...(calls.length === 0
        ? []
        : [
            [`${whole.length} of ${calls.length} calls answered in full`, whole.length / calls.length] as [
              string,
              number,
            ],
          ]),
      ...(actions.length === 0
        ? []
        : [
            [
              `${actions.length - open.length} of ${actions.length} actions with their result`,
              (actions.length - open.length) / actions.length,
            ] as [string, number],
          ]),
    ];
    return {
      value: mean(parts.map(([, value]) => value)),
      evidence: parts.map(([label]) => label).join(', '),
      steps: open.map(({ step_id }) => step_id),
    };
  },
};
