import * as z from 'zod';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { trlColumns, trlMessages, trlRow } from './trl.js';
import { fitting, learnedCompletions } from './turns.js';

const row = z.object({
  prompt: trlMessages.describe('What stands before the expected output'),
  completion: trlMessages.describe('The expected output; the loss is taken here alone'),
  ...trlColumns,
});

export const trlPromptCompletion = {
  id: 'trl-prompt-completion',
  title: 'TRL prompt and completion',
  description:
    'One row per run of answers to learn for TRL’s SFTTrainer: what was said before, and the expected output.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      for (const { prompt, expected } of learnedCompletions(example, reasoning))
        yield trlRow(example, { prompt, completion: expected });
    });
  },
} satisfies ExampleLayout<typeof row>;
