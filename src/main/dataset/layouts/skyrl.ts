import * as z from 'zod';
import { chatMessageSchema, chatMessages, toolsText } from './chat-messages.js';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { fitting, learnedTurns } from './turns.js';

const row = z.object({
  messages: z.array(chatMessageSchema).min(1).describe('The conversation, ending with an answer'),
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
});

/** SkyRL’s SFT datasets (`messages_key`, `tools_key`). It learns the last answer, or all by `train_on_what`. */
export const skyrl = {
  id: 'skyrl',
  title: 'SkyRL',
  description: 'One row per conversation for SkyRL’s SFT trainer, tools as JSON text.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const turns = learnedTurns(example, reasoning, 'last');
      const messages = chatMessages(turns, (url) => ({ type: 'image', url }));
      yield { messages, ...toolsText(toolsOf(example, turns)) };
    });
  },
} satisfies ExampleLayout<typeof row>;
