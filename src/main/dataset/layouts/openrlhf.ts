import * as z from 'zod';
import { type HermesTurn, hermesTurns } from './hermes-turns.js';
import { type ExampleLayout, reasoningStripped } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { fitting, learnedCompletions, splitTurns } from './turns.js';

const message = z.object({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string() });
const messages = z.array(message).min(1);
const row = z.object({
  input: messages.optional().describe('What stands before the expected output; --data.input_key input'),
  output: messages.optional().describe('The expected output; --data.output_key output'),
  prompt: messages.optional().describe('What stands before both answers; in pairs alone'),
  chosen: messages.optional().describe('The better answer; in pairs alone'),
  rejected: messages.optional().describe('The worse answer; in pairs alone'),
});

/**
 * OpenRLHF’s datasets with `apply_chat_template`. It hands no tools to the template, so tools, calls and results stand in the
 * text in the Hermes form.
 */
export const openRlhf = {
  id: 'openrlhf',
  title: 'OpenRLHF',
  description:
    'One row per example or pair for OpenRLHF’s SFT, DPO and reward models; tools and calls as text, since it passes no tools on.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningStripped },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      if (example.rejected === undefined) {
        for (const { prompt, expected } of learnedCompletions(example, reasoning)) {
          const tools = toolsOf(example, prompt, expected);
          yield { input: hermesTurns(prompt, tools).map(messageOf), output: hermesTurns(expected, []).map(messageOf) };
        }
        return;
      }
      const { prompt, expected, rejected } = splitTurns(example, reasoning);
      const tools = toolsOf(example, prompt, expected, rejected ?? []);
      yield {
        prompt: hermesTurns(prompt, tools).map(messageOf),
        chosen: hermesTurns(expected, []).map(messageOf),
        rejected: hermesTurns(rejected ?? [], []).map(messageOf),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

function messageOf({ role, text }: HermesTurn): z.infer<typeof message> {
  return { role, content: text };
}
