import * as z from 'zod';
import { toolsText } from './chat-messages.js';
import type { ExampleLayout } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { fitting, splitTurns, type Turn, turnsOf } from './turns.js';

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z
    .array(z.object({ type: z.enum(['text', 'reasoning', 'tool_call', 'image_url']), value: z.string() }))
    .min(1),
  loss_weight: z.number(),
});
const messages = z.array(message).min(1);
const row = z.object({
  messages: messages.optional().describe('The conversation; absent in pairs'),
  chosen_messages: messages.optional().describe('The conversation with the better answer'),
  rejected_messages: messages.optional().describe('The same with the worse answer'),
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
});

/** LLaMA-Factory’s v1 samples, which need no converter (src/llamafactory/v1/utils/types.py). */
export const llamafactoryV1 = {
  id: 'llamafactory-v1',
  title: 'LLaMA-Factory v1',
  description:
    'One row per conversation, or per pair, for LLaMA-Factory’s v1 engine: typed contents and loss weights; dataset_info.yaml names the files.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: ['last', 'strip', 'keep'] },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      if (example.rejected === undefined) {
        const turns = turnsOf(example, reasoning);
        yield { messages: messagesOf(turns, example.weight ?? 1), ...toolsText(toolsOf(example, turns)) };
        return;
      }
      const { prompt, expected, rejected } = splitTurns(example, reasoning);
      const before = messagesOf(prompt, 0);
      yield {
        chosen_messages: [...before, ...messagesOf(expected, 1)],
        rejected_messages: [...before, ...messagesOf(rejected ?? [], 1)],
        ...toolsText(toolsOf(example, prompt, expected, rejected ?? [])),
      };
    });
  },
  beside({ files }) {
    const entries = files.map(({ name, split }) => `${split}:\n  path: ${name}\n  source: local\n  split: train\n`);
    return { 'dataset_info.yaml': entries.join('') };
  },
} satisfies ExampleLayout<typeof row>;

type Content = z.infer<typeof message>['content'];

function messagesOf(turns: readonly Turn[], weight: number): z.infer<typeof messages> {
  return turns.map((turn) => ({
    role: turn.role,
    content: contentOf(turn),
    loss_weight: turn.role === 'assistant' && !turn.context_only ? weight : 0,
  }));
}

function contentOf(turn: Turn): Content {
  if (turn.role === 'user')
    return turn.shown.length === 0
      ? [{ type: 'text', value: '' }]
      : turn.shown.map((part) =>
          part.type === 'text' ? { type: 'text', value: part.text } : { type: 'image_url', value: part.url },
        );
  if (turn.role !== 'assistant') return [{ type: 'text', value: turn.text }];
  return [
    ...(turn.reasoning === '' ? [] : [{ type: 'reasoning' as const, value: turn.reasoning }]),
    ...(turn.text === '' ? [] : [{ type: 'text' as const, value: turn.text }]),
    ...turn.calls.map(({ name, arguments: args }) => ({
      type: 'tool_call' as const,
      value: JSON.stringify({ name, arguments: args }),
    })),
  ];
}
