import * as z from 'zod';
import { chatMessage, chatMessageSchema, toolsText } from './chat-messages.js';
import { type ExampleLayout, reasoningKept, type WrittenRows } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { fitting, type Turn, turnsOf } from './turns.js';

export const axolotlMessage = chatMessageSchema.extend({ train: z.boolean() });
const row = z.object({
  messages: z.array(axolotlMessage).min(1).describe('The conversation; `train` says which messages are learned'),
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
});

export function axolotlMessages(turns: readonly Turn[]): z.infer<typeof axolotlMessage>[] {
  return turns.map((turn) => ({
    ...chatMessage(turn, (url) => ({ type: 'image', url })),
    train: turn.role === 'assistant' && !turn.context_only,
  }));
}

/** The lines of a configuration that read the files as they are meant. */
export function axolotlConfig({ files }: WrittenRows, type: string, more: string[] = []): { [name: string]: string } {
  const entry = ({ name }: { name: string }) => [
    `  - path: ${name}`,
    `    type: ${type}`,
    ...more.map((line) => `    ${line}`),
  ];
  const train = files.filter(({ split }) => split === 'train' || split === 'data');
  const test = files.filter(({ split }) => split !== 'train' && split !== 'data');
  const lines = ['datasets:', ...train.flatMap(entry)];
  if (test.length > 0) lines.push('test_datasets:', ...test.flatMap(entry));
  return { 'axolotl.yaml': `${lines.join('\n')}\n` };
}

/** Axolotl’s `type: chat_template` (docs.axolotl.ai/docs/dataset-formats/conversation.html). */
export const axolotlChat = {
  id: 'axolotl-chat',
  title: 'Axolotl chat template',
  description:
    'One row per conversation for Axolotl’s chat_template, with a train flag on every message; axolotl.yaml reads it.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const turns = turnsOf(example, reasoning);
      yield { messages: axolotlMessages(turns), ...toolsText(toolsOf(example, turns)) };
    });
  },
  beside: (written) => axolotlConfig(written, 'chat_template', ['message_field_training: train']),
} satisfies ExampleLayout<typeof row>;
