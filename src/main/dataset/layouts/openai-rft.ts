import * as z from 'zod';
import type { ExampleLayout } from './layout.js';
import { openAiMessages } from './openai-messages.js';
import { openAiMessageSchema, openAiToolSchema } from './openai-shapes.js';
import { openAiTools } from './openai-tools.js';
import { answerText, callsOf, question } from './turn-texts.js';
import { fitting, splitTurns, Unfit } from './turns.js';

const row = z.object({
  messages: z.array(openAiMessageSchema).min(1).describe('What the model is asked; ends with the user'),
  tools: z.array(openAiToolSchema).min(1).max(128).optional().describe('Functions the model can call'),
  reference_answer: z.string().describe('What was answered, for graders: {{item.reference_answer}}'),
  reference_calls: z
    .array(z.object({ name: z.string(), arguments: z.record(z.string(), z.json()) }))
    .optional()
    .describe('Tool calls of that answer, where it made some'),
});

/** OpenAI's reinforcement fine-tuning (platform.openai.com/docs/guides/reinforcement-fine-tuning): a prompt, and what graders compare with. */
export const openAiRft = {
  id: 'openai-rft',
  title: 'OpenAI reinforcement',
  description: 'One row per question with what was answered as a reference for graders.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const { prompt, expected } = splitTurns(example, 'strip');
      const asked = question(prompt, expected);
      if (asked.at(-1)?.role !== 'user') throw new Unfit('the prompt does not end with the user');
      const tools = openAiTools(example, prompt, expected);
      const calls = callsOf(expected);
      const answer = expected.findLast((turn) => turn.role === 'assistant');
      yield {
        messages: openAiMessages(asked),
        ...(tools.length === 0 ? {} : { tools }),
        reference_answer: answer === undefined ? '' : answerText(answer),
        ...(calls.length === 0 ? {} : { reference_calls: calls }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;
