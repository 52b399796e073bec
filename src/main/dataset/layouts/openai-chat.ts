import * as z from 'zod';
import type { ExampleLayout } from './layout.js';
import { toOpenAiMessages } from './openai-messages.js';
import { openAiMessageSchema, openAiToolSchema } from './openai-shapes.js';
import { openAiTools } from './openai-tools.js';

// No column of our own beside these three: OpenAI documents no other key for supervised fine-tuning.
const row = z.object({
  messages: z.array(openAiMessageSchema).min(1).describe('The conversation, ending with the assistant’s answer'),
  tools: z.array(openAiToolSchema).min(1).max(128).optional().describe('Functions the model could call'),
  parallel_tool_calls: z.boolean().optional().describe('As the request set it'),
});

/**
 * OpenAI's supervised fine-tuning format for chat models (platform.openai.com/docs/guides/supervised-fine-tuning):
 * arguments as JSON text, every tool call answered directly after, an assistant message at the end. Reasoning is left
 * out.
 */
export const openAiChat = {
  id: 'openai-chat',
  title: 'OpenAI chat',
  description: 'One row per finished conversation branch in OpenAI’s fine-tuning chat format, with the tools offered.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows({ trace, call, messages }) {
    const converted = toOpenAiMessages(messages);
    if ('skipped' in converted) return yield converted;
    const tools = openAiTools(call, trace.calls, converted.messages);
    if ('skipped' in tools) return yield tools;
    const parallel = call.params.parallel_tool_calls;
    yield {
      row: {
        messages: converted.messages,
        ...(tools.tools.length === 0 ? {} : { tools: tools.tools }),
        // The API rejects the field where no tool is offered.
        ...(tools.tools.length > 0 && typeof parallel === 'boolean' ? { parallel_tool_calls: parallel } : {}),
      },
    };
  },
} satisfies ExampleLayout<typeof row>;
