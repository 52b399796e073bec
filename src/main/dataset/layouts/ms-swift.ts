import * as z from 'zod';
import { toolsText } from './chat-messages.js';
import type { ExampleLayout } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { unmarked, withMarks, withThoughts } from './turn-texts.js';
import { fitting, splitTurns, type Turn, turnsOf } from './turns.js';

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool_call', 'tool_response']),
  content: z.string(),
  loss: z.boolean().optional(),
});
const messages = z.array(message).min(1);
const row = z.object({
  messages: messages.describe('The conversation; calls and results are messages of their own'),
  rejected_messages: messages.optional().describe('The conversation with the worse answer; in pairs alone'),
  label: z.boolean().optional().describe('Whether the last answer is wanted; where somebody said it'),
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
  images: z.array(z.string()).optional().describe('Addresses of the images that `<image>` stands for'),
  rejected_images: z.array(z.string()).optional().describe('The same of `rejected_messages`'),
});

/** ms-swift’s own form (swift.readthedocs.io, custom datasets and agents). */
export const msSwift = {
  id: 'ms-swift',
  title: 'ms-swift',
  description:
    'One row per conversation, pair or labelled answer for ms-swift: tool_call and tool_response messages, results in the order of the calls.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: ['last', 'keep', 'strip'] },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      if (example.rejected === undefined) {
        const turns = turnsOf(example, reasoning);
        const { conversation, images } = conversationOf(turns);
        yield {
          messages: conversation,
          ...(example.label === undefined ? {} : { label: example.label }),
          ...toolsText(toolsOf(example, turns)),
          ...(images.length === 0 ? {} : { images }),
        };
        return;
      }
      const { prompt, expected, rejected } = splitTurns(example, reasoning);
      const better = conversationOf([...prompt, ...expected]);
      const worse = conversationOf([...prompt, ...(rejected ?? [])]);
      yield {
        messages: better.conversation,
        rejected_messages: worse.conversation,
        ...toolsText(toolsOf(example, prompt, expected, rejected ?? [])),
        ...(better.images.length === 0 ? {} : { images: better.images, rejected_images: worse.images }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

function conversationOf(turns: readonly Turn[]): { conversation: z.infer<typeof messages>; images: string[] } {
  const images: string[] = [];
  return { conversation: inOrderOfCalls(turns).flatMap((turn) => messagesOf(turn, images)), images };
}

function messagesOf(turn: Turn, images: string[]): z.infer<typeof messages> {
  switch (turn.role) {
    case 'system':
      return [{ role: 'system', content: turn.text }];
    case 'user':
      return [{ role: 'user', content: withMarks(turn.shown, '<image>', images) }];
    case 'tool':
      return [{ role: 'tool_response', content: unmarked(turn.text, '<image>') }];
    case 'assistant': {
      const loss = turn.context_only ? { loss: false } : {};
      const words = unmarked(withThoughts(turn), '<image>');
      return [
        ...(words === '' ? [] : [{ role: 'assistant' as const, content: words, ...loss }]),
        ...turn.calls.map(({ name, arguments: args }) => ({
          role: 'tool_call' as const,
          content: unmarked(JSON.stringify({ name, arguments: args }), '<image>'),
          ...loss,
        })),
      ];
    }
    default:
      return turn satisfies never;
  }
}

/** Results have no ids there: which call each answers only their order says. */
function inOrderOfCalls(turns: readonly Turn[]): Turn[] {
  const out: Turn[] = [];
  let order: string[] = [];
  let results: (Turn & { role: 'tool' })[] = [];
  const flush = () => {
    out.push(...results.sort((a, b) => order.indexOf(a.call.id) - order.indexOf(b.call.id)));
    results = [];
  };
  for (const turn of turns) {
    if (turn.role === 'tool') {
      results.push(turn);
      continue;
    }
    flush();
    if (turn.role === 'assistant') order = turn.calls.map(({ id }) => id);
    out.push(turn);
  }
  flush();
  return out;
}
