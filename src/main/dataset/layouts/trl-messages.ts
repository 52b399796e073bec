import * as z from 'zod';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { trlColumns, trlMessages, trlRow } from './trl.js';
import { fitting, learnedTurns } from './turns.js';

const row = z.object({ messages: trlMessages.describe('The conversation, ending with an answer'), ...trlColumns });

export const trlMessagesLayout = {
  id: 'trl-messages',
  title: 'TRL messages',
  description: 'One row per conversation for TRL’s SFTTrainer: messages with arguments as objects, tools as JSON text.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      yield trlRow(example, { messages: learnedTurns(example, reasoning) });
    });
  },
} satisfies ExampleLayout<typeof row>;
