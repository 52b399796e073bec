import * as z from 'zod';
import { toolsText } from './chat-messages.js';
import { hermesTurns } from './hermes-turns.js';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { fitting, learnedTurns } from './turns.js';

const names = { system: 'system', user: 'human', assistant: 'gpt', tool: 'tool' } as const;
const row = z.object({
  conversations: z
    .array(z.object({ from: z.enum(['system', 'human', 'gpt', 'tool']), value: z.string() }))
    .min(1)
    .describe('The conversation; tools stand in the system message, calls in <tool_call>, results in <tool_response>'),
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
});

/** Nous Research’s function-calling form (NousResearch/hermes-function-calling-v1). */
export const hermes = {
  id: 'hermes',
  title: 'Hermes',
  description: 'One row per conversation in the Hermes function-calling form, ShareGPT style, all of it text.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const turns = learnedTurns(example, reasoning);
      const tools = toolsOf(example, turns);
      const conversations = hermesTurns(turns, tools).map(({ role, text }) => ({ from: names[role], value: text }));
      yield { conversations, ...toolsText(tools) };
    });
  },
} satisfies ExampleLayout<typeof row>;
