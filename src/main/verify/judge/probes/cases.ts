import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import * as z from 'zod';
import attacksText from '../../../../../resources/attacks/attacks.yaml?raw';
import tracesText from '../../../../../resources/attacks/traces.yaml?raw';
import { jsonSchema, type Rubric, type Step } from '../../../../shared/model/index.js';
import { lazily } from '../../../ground/lazily.js';
import type { JudgedTrace } from '../judge-trace.js';

const smallStep = z.union([
  z.strictObject({ user: z.string() }),
  z.strictObject({ think: z.string() }),
  z.strictObject({ say: z.string() }),
  z.strictObject({ call: z.string(), arguments: jsonSchema, result: z.string() }),
]);
const smallTrace = z.strictObject({ title: z.string(), steps: z.array(smallStep).min(2) });
const tracesSchema = z.strictObject({
  version: z.literal(1),
  good: z.array(smallTrace).min(1),
  weak: z.array(smallTrace).min(1),
});
const attackSchema = z.strictObject({
  id: z.string(),
  family: z.string(),
  /** Where in the trace it stands: in what a tool answers, or in what the agent says. */
  place: z.enum(['tool_result', 'said']),
  text: z.string(),
  twin: z.string(),
});
export type Attack = z.infer<typeof attackSchema>;

/** Attacks in the content of traces, each with a clean twin. */
export const attacks: () => readonly Attack[] = lazily(
  () =>
    z.strictObject({ version: z.literal(1), attacks: z.array(attackSchema).min(50) }).parse(parse(attacksText)).attacks,
);

/** Small trajectories that come along. */
export const smallTraces = lazily(() => {
  const { good, weak } = tracesSchema.parse(parse(tracesText));
  return { good: good.map(traceOf), weak: weak.map(traceOf) };
});

function traceOf({ title, steps }: z.infer<typeof smallTrace>): JudgedTrace {
  const id = (name: string) => {
    const hex = createHash('sha256').update(`${title} ${name}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
  const made: Step[] = [];
  for (const [index, step] of steps.entries()) {
    const base = (name: string) => ({ step_id: id(`${index} ${name}`), seq: made.length, timestamp: null });
    if ('user' in step) made.push({ ...base('user'), type: 'message', role: 'user', content: step.user });
    else if ('think' in step) made.push({ ...base('think'), type: 'reasoning', content: step.think });
    else if ('say' in step) made.push({ ...base('say'), type: 'message', role: 'assistant', content: step.say });
    else {
      const tool_call_id = `call_${index}`;
      const { call: name, arguments: args, result } = step;
      made.push({ ...base('call'), type: 'tool_call', tool_call_id, name, arguments: args, status: 'ok' });
      made.push({ ...base('result'), type: 'tool_result', tool_call_id, name, result });
    }
  }
  return { trace_id: id('trace'), models: [], steps: made, decisions: [], qa_results: null };
}

/** The words of an attack by the rubric that is asked. */
export function filledIn(text: string, { id: rubric, dimensions }: Rubric): string {
  const [first] = dimensions;
  const top =
    first === undefined ? undefined : Object.entries(first.anchors).sort(([a], [b]) => Number(b) - Number(a))[0]?.[1];
  const words: { [name: string]: string } = {
    rubric,
    id: first?.id ?? 'first_wrong_step',
    ids: dimensions.map(({ id }) => id).join(', ') || 'all steps',
    title: first?.title ?? 'Correctness',
    question: first?.question ?? 'Is every step right?',
    max: String(first?.max ?? 'right'),
    top: top ?? 'Everything is as it should be.',
  };
  return text
    .replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(words, name) ? (words[name] as string) : whole))
    .replaceAll('{{', '{')
    .replaceAll('}}', '}');
}
