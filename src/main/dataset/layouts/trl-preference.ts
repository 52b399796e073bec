import * as z from 'zod';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { noPair } from './openai-preference.js';
import { trlColumns, trlMessages, trlRow } from './trl.js';
import { fitting, splitTurns, Unfit } from './turns.js';

const row = z.object({
  prompt: trlMessages.describe('What stands before both answers'),
  chosen: trlMessages.describe('The better answer'),
  rejected: trlMessages.describe('The worse answer'),
  ...trlColumns,
});

export const trlPreference = {
  id: 'trl-preference',
  title: 'TRL preference',
  description: 'One row per pair for TRL’s DPOTrainer and RewardTrainer: the same prompt, a better and a worse answer.',
  of: 'examples',
  package: 'preference',
  needs: ['rejected'],
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const { prompt, expected, rejected } = splitTurns(example, reasoning);
      if (rejected === null) throw new Unfit(noPair);
      yield trlRow(example, { prompt, chosen: expected, rejected });
    });
  },
} satisfies ExampleLayout<typeof row>;
