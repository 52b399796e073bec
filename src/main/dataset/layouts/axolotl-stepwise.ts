import * as z from 'zod';
import type { RatedStep } from '../examples/example.js';
import { axolotlConfig } from './axolotl-chat.js';
import type { ExampleLayout } from './layout.js';
import { transcript } from './turn-texts.js';
import { fitting, splitTurns, Unfit } from './turns.js';

const row = z.object({
  prompt: z.string().describe('What stands before the steps, as text'),
  completions: z.array(z.string()).min(1).describe('The steps, in order'),
  labels: z.array(z.boolean()).min(1).describe('Whether each is right or at least not wrong'),
});

/** The steps that somebody rated, up to the first that nobody did. Throws `Unfit` where there is none. */
export function ratedSteps(steps: readonly RatedStep[] | undefined): (RatedStep & { rating: -1 | 0 | 1 })[] {
  const out: (RatedStep & { rating: -1 | 0 | 1 })[] = [];
  for (const step of steps ?? []) {
    if (step.rating === null) break;
    out.push({ ...step, rating: step.rating });
  }
  if (out.length === 0) throw new Unfit('no step that was rated');
  return out;
}

/** Axolotl’s `type: stepwise_supervised` for process reward models. */
export const axolotlStepwise = {
  id: 'axolotl-stepwise',
  title: 'Axolotl stepwise',
  description: 'One row per answer whose steps were rated: prompt, steps, and whether each is right, as text.',
  of: 'examples',
  package: 'process-supervision',
  needs: ['steps'],
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const steps = ratedSteps(example.steps);
      yield {
        prompt: transcript(splitTurns(example, 'strip').prompt),
        completions: steps.map(({ text }) => text),
        labels: steps.map(({ rating }) => rating >= 0),
      };
    });
  },
  beside: (written) => axolotlConfig(written, 'stepwise_supervised'),
} satisfies ExampleLayout<typeof row>;
