import type { Rubric, RubricDimension } from '../../../../shared/model/index.js';

/** A rubric as the YAML of its file: what stands at its default is left out, texts are quoted as JSON has them. */
export function toYaml(rubric: Rubric): string {
  const { dimensions, sees, ...fields } = rubric;
  const head = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${scalar(value)}`);
  return `${[...head, `sees: [${sees.join(', ')}]`, ...ofDimensions(dimensions)].join('\n')}\n`;
}

function ofDimensions(dimensions: readonly RubricDimension[]): string[] {
  if (dimensions.length === 0) return [];
  return ['dimensions:', ...dimensions.flatMap(dimensionLines)];
}

function dimensionLines({ anchors, ...fields }: RubricDimension): string[] {
  const lines = Object.entries(fields).map(([name, value]) => `    ${name}: ${scalar(value)}`);
  const said = Object.entries(anchors).map(([at, text]) => `      ${JSON.stringify(at)}: ${scalar(text)}`);
  const [first = '', ...others] = said.length === 0 ? lines : [...lines, '    anchors:', ...said];
  return [`  - ${first.trimStart()}`, ...others];
}

/** Plain where YAML reads it back as the same, else in double quotes. */
function scalar(value: string | number | null): string {
  if (typeof value !== 'string') return String(value);
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
    ? value
    : JSON.stringify(value);
}

/** A rubric to begin with. */
export const newRubric: Rubric = {
  format: 'sluice-rubric',
  id: 'my-rubric',
  version: '1',
  title: 'My rubric',
  description: '',
  task: 'dimensions',
  instructions: 'You judge how an agent worked on a task. Rest every value on what stands in the trace.',
  sees: ['task', 'reasoning', 'messages', 'tool_calls', 'tool_results'],
  dimensions: [
    {
      id: 'quality',
      title: 'Quality',
      question: 'How well was the task solved?',
      min: 0,
      max: 1,
      weight: 1,
      anchors: {},
    },
  ],
  combine: 'sum',
  accept_from: 0.7,
  most_chars: 60_000,
  step_chars: 6000,
  temperature: 0,
  timeout_s: 60,
  most_tokens: 1500,
};
