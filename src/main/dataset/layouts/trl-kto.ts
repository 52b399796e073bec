import * as z from 'zod';
import type { Example } from '../examples/example.js';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { trlColumns, trlMessages, trlRow } from './trl.js';
import { fitting, splitTurns, Unfit } from './turns.js';

const row = z.object({
  prompt: trlMessages.describe('What stands before the answer'),
  completion: trlMessages.describe('The answer'),
  label: z.boolean().describe('Whether the answer is wanted'),
  ...trlColumns,
});

/** Whether an example's output is wanted: what was said of it, else of its trace. Throws `Unfit` where nobody said it. */
export function wanted({ label, trace }: Example): boolean {
  if (label !== undefined) return label;
  const reviewLabel = trace.review?.label ?? null;
  if (reviewLabel === null) throw new Unfit('nobody said whether it is wanted');
  return reviewLabel === 'accepted';
}

export const trlKto = {
  id: 'trl-kto',
  title: 'TRL KTO',
  description: 'One row per answer that somebody accepted or rejected, for TRL’s KTOTrainer.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const { prompt, expected, rejected } = splitTurns(example, reasoning);
      yield { ...trlRow(example, { prompt, completion: expected }), label: wanted(example) };
      if (rejected !== null) yield { ...trlRow(example, { prompt, completion: rejected }), label: false };
    });
  },
} satisfies ExampleLayout<typeof row>;
