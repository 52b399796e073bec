import type { StepLabel, Trace } from '../../../shared/model/index.js';
import { conversations } from '../examples/conversations.js';
import type { RatedStep } from '../examples/example.js';
import type { Package } from './package.js';

type Step = Trace['steps'][number];

/** Conversations whose steps people rated: what the agent said, thought and did is a step each. */
export const processSupervision = {
  id: 'process-supervision',
  title: 'Process supervision',
  description:
    'Conversations whose steps people rated right, wrong or neither, with better steps where they gave some.',
  layout: 'axolotl-stepwise',
  gives: ['steps'],
  *examples(trace, source) {
    const labels = byStep(source.labels(trace.trace_id)?.step_labels ?? []);
    if (labels.size === 0) {
      yield { skipped: 'no step was rated' };
      return;
    }
    for (const item of conversations(trace, source)) {
      if ('skipped' in item) {
        yield item;
        continue;
      }
      const { messages, call } = item.example;
      const first = messages.findIndex(({ role }) => role === 'assistant');
      const line = lineOf(call.call_id, trace);
      const steps = trace.steps.flatMap((step) => {
        const text = step.call_id && line.has(step.call_id) ? textOf(step) : null;
        return text === null ? [] : [rated(text, labels.get(step.step_id) ?? [])];
      });
      if (!steps.some(({ rating }) => rating !== null)) yield { skipped: 'no step of the conversation was rated' };
      else yield { example: { ...item.example, expected: first, steps } };
    }
  },
} satisfies Package;

function byStep(labels: readonly StepLabel[]): Map<string, StepLabel[]> {
  const of = new Map<string, StepLabel[]>();
  for (const label of labels) of.set(label.step_id, [...(of.get(label.step_id) ?? []), label]);
  return of;
}

/** The calls of the line that ends with a call. */
function lineOf(callId: string, trace: Trace): Set<string> {
  const parents = new Map(trace.calls.map((call) => [call.call_id, call.parent_call_id]));
  const line = new Set<string>();
  for (let id: string | null = callId; id !== null && !line.has(id); id = parents.get(id) ?? null) line.add(id);
  return line;
}

/** What the agent said, thought or did; null for what others did. */
function textOf(step: Step): string | null {
  if (step.type === 'message') return step.role === 'assistant' ? step.content : null;
  if (step.type === 'reasoning') return step.encrypted ? null : step.content;
  return step.type === 'tool_call' ? `${step.name}(${JSON.stringify(step.arguments)})` : null;
}

/** Where reviewers disagree nobody knows: the step counts as not rated. */
function rated(text: string, labels: readonly StepLabel[]): RatedStep {
  const values = new Set(labels.map(({ value }) => value));
  const [rating] = values;
  const better = labels.findLast((label) => label.better !== null)?.better ?? null;
  return {
    text,
    rating: values.size === 1 && rating !== undefined ? rating : null,
    ...(better === null
      ? {}
      : { better: 'content' in better ? better.content : `${better.name}(${JSON.stringify(better.arguments)})` }),
  };
}
