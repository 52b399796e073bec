import * as z from 'zod';
import type { Call } from '../../../shared/model/index.js';
import type { ExampleLayout } from './layout.js';
import { openAiMessages } from './openai-messages.js';
import { type OpenAiTool, openAiMessageSchema, openAiToolSchema } from './openai-shapes.js';
import { openAiTools } from './openai-tools.js';
import { fitting, turnsOf } from './turns.js';

// No column of our own beside these three: OpenAI documents no other key for supervised fine-tuning.
const row = z.object({
  messages: z.array(openAiMessageSchema).min(1).describe('The conversation, ending with the assistant’s answer'),
  tools: z.array(openAiToolSchema).min(1).max(128).optional().describe('Functions the model could call'),
  parallel_tool_calls: z.boolean().optional().describe('As the request set it'),
});

/** Tools and what belongs to them, absent where there is none: the API rejects both empty. */
export function toolFields(tools: OpenAiTool[], call: Call): { tools?: OpenAiTool[]; parallel_tool_calls?: boolean } {
  const parallel = call.params.parallel_tool_calls;
  if (tools.length === 0) return {};
  return { tools, ...(typeof parallel === 'boolean' ? { parallel_tool_calls: parallel } : {}) };
}

/**
 * OpenAI's supervised fine-tuning format for chat models (platform.openai.com/docs/guides/supervised-fine-tuning):
 * arguments as JSON text, every tool call answered directly after, an assistant message at the end. Reasoning is left
 * out.
 */
export const openAiChat = {
  id: 'openai-chat',
  title: 'OpenAI chat',
  description:
    'One row per finished conversation branch in OpenAI’s fine-tuning chat format, with the tools offered; also read by Azure, Together and Fireworks.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const turns = turnsOf(example, 'strip');
      yield { messages: openAiMessages(turns), ...toolFields(openAiTools(example, turns), example.call) };
    });
  },
} satisfies ExampleLayout<typeof row>;
