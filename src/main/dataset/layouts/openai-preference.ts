import * as z from 'zod';
import type { ExampleLayout } from './layout.js';
import { toolFields } from './openai-chat.js';
import { openAiMessages } from './openai-messages.js';
import { openAiMessageSchema, openAiToolSchema } from './openai-shapes.js';
import { openAiTools } from './openai-tools.js';
import { fitting, splitTurns, Unfit } from './turns.js';

const output = z.array(openAiMessageSchema).min(1);
const row = z.object({
  input: z
    .object({
      messages: z.array(openAiMessageSchema).min(1),
      tools: z.array(openAiToolSchema).min(1).max(128).optional(),
      parallel_tool_calls: z.boolean().optional(),
    })
    .describe('What was said before, with the functions the model could call'),
  preferred_output: output.describe('The better answer'),
  non_preferred_output: output.describe('The worse answer after the same input'),
});

/** OpenAI's direct preference optimization (platform.openai.com/docs/guides/direct-preference-optimization). */
export const openAiPreference = {
  id: 'openai-preference',
  title: 'OpenAI preference',
  description:
    'One row per pair of a better and a worse answer after the same messages; also read by Together and Fireworks.',
  of: 'examples',
  package: 'preference',
  needs: ['rejected'],
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const { prompt, expected, rejected } = splitTurns(example, 'strip');
      if (rejected === null) throw new Unfit(noPair);
      yield {
        input: {
          messages: openAiMessages(prompt),
          ...toolFields(openAiTools(example, prompt, expected, rejected), example.call),
        },
        preferred_output: openAiMessages(expected),
        non_preferred_output: openAiMessages(rejected),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

/** Why an example gives no row of a layout of pairs. */
export const noPair = 'no worse answer to compare with';
