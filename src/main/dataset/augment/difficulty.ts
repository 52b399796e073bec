import { outcomeOf } from '../../../shared/tool-outcome.js';
import type { Example } from '../examples/example.js';
import { type Augmenter, derived } from './augmenter.js';

/** Bounds of what an example holds; each that is passed makes it a level harder. */
const bounds = { tools_offered: 8, answers_before: 6, failures_before: 0, arguments: 3 } as const;

/** Says how hard an example is, from 1 to 5, by what can be counted in it: training can go from easy to hard. */
export const difficultyLevels = {
  id: 'difficulty-levels',
  title: 'Difficulty levels',
  description:
    'A level from 1 to 5, by the tools to choose from, the steps and failures before, and the arguments to give.',
  kind: 'annotated',
  *derive(example) {
    const counts = countsOf(example);
    const level =
      1 + Object.entries(bounds).filter(([name, bound]) => counts[name as keyof typeof bounds] > bound).length;
    yield derived(example, 'difficulty-levels', `level ${level} of 5`, { level, counts }, {});
  },
} satisfies Augmenter;

function countsOf({ trace, call, messages, expected }: Example): { [name in keyof typeof bounds]: number } {
  const ids = new Set<string>();
  for (const { parts } of messages.slice(0, expected))
    for (const part of parts) if (part.type === 'tool_call' && part.id !== null) ids.add(part.id);
  const failures = trace.tool_calls.filter((tool) => ids.has(tool.tool_call_id) && outcomeOf(tool) === 'failed');
  const argumentCounts =
    messages.at(-1)?.parts.map((part) => (part.type === 'tool_call' ? fieldsOf(part.arguments) : 0)) ?? [];
  return {
    tools_offered: call.tools_offered.length,
    answers_before: messages.slice(0, expected).filter(({ role }) => role === 'assistant').length,
    failures_before: failures.length,
    arguments: Math.max(0, ...argumentCounts),
  };
}

function fieldsOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
