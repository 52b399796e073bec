import * as z from 'zod';
import { toolsText } from './chat-messages.js';
import { type ExampleLayout, reasoningStripped } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { describedTools, type Round, rounds, unmarked, withMarks, withThoughts } from './turn-texts.js';
import { type AssistantTurn, fitting, learnedTurns, splitTurns, type Turn, Unfit } from './turns.js';

const message = z.object({ from: z.enum(['human', 'observation', 'gpt', 'function_call']), value: z.string() });
const row = z.object({
  conversations: z.array(message).min(1).describe('Odd places heard, even places said'),
  system: z.string().describe('The instructions; empty where there are none'),
  tools: z.string().describe('JSON text: the functions the model could call; empty where there are none'),
  chosen: message.optional().describe('The better answer; in pairs alone'),
  rejected: message.optional().describe('The worse answer; in pairs alone'),
  kto_tag: z.boolean().optional().describe('Whether the last answer is wanted; where somebody said it'),
  images: z.array(z.string()).optional().describe('Addresses of the images that `<image>` stands for'),
});
type Message = z.infer<typeof message>;

/** LLaMA-Factory’s ShareGPT form (data/README.md there), with dataset_info.json. */
export const llamafactorySharegpt = {
  id: 'llamafactory-sharegpt',
  title: 'LLaMA-Factory ShareGPT',
  description:
    'One row per conversation, pair or labelled answer in the ShareGPT form; dataset_info.json names the files and their columns.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningStripped },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      if (example.rejected === undefined) {
        // Of a labelled conversation it learns the last answer alone.
        const turns = learnedTurns(example, reasoning, example.label === undefined ? 'all' : 'last');
        yield {
          ...conversation(turns, toolsOf(example, turns)),
          ...(example.label === undefined ? {} : { kto_tag: example.label }),
        };
        return;
      }
      const { prompt, expected, rejected } = splitTurns(example, reasoning);
      const [chosen, worse] = [onlyAnswer(expected), onlyAnswer(rejected ?? [])];
      // Told with the better answer behind it, which is then taken off.
      const whole = conversation([...prompt, chosen], toolsOf(example, prompt, expected, rejected ?? []));
      yield {
        ...whole,
        conversations: whole.conversations.slice(0, -1),
        chosen: answer(chosen),
        rejected: answer(worse),
      };
    });
  },
  beside({ files, columns }) {
    const pairs = columns.has('chosen');
    const info = files.map(({ name, split }) => [
      split,
      {
        file_name: name,
        formatting: 'sharegpt',
        ...(pairs ? { ranking: true } : {}),
        columns: {
          messages: 'conversations',
          system: 'system',
          tools: 'tools',
          ...(pairs ? { chosen: 'chosen', rejected: 'rejected' } : {}),
          ...(columns.has('kto_tag') ? { kto_tag: 'kto_tag' } : {}),
          ...(columns.has('images') ? { images: 'images' } : {}),
        },
      },
    ]);
    return { 'dataset_info.json': `${JSON.stringify(Object.fromEntries(info), null, 2)}\n` };
  },
} satisfies ExampleLayout<typeof row>;

function conversation(turns: readonly Turn[], tools: ReturnType<typeof toolsOf>) {
  const { system, rounds: all } = rounds(turns);
  const images: string[] = [];
  return {
    conversations: all.flatMap((round) => [heard(round, images), answer(round.answer)]),
    system: system ?? '',
    tools: toolsText(describedTools(tools)).tools ?? '',
    ...(images.length === 0 ? {} : { images }),
  };
}

/** One message for all that was heard: results first, joined as the trainer joins those of parallel calls. */
function heard({ results, shown }: Round, images: string[]): Message {
  const words = shown.length === 0 ? [] : [withMarks(shown, '<image>', images)];
  if (results.length === 0) return { from: 'human', value: words.join('') };
  const observed = results.map(({ text }) => unmarked(text, '<image>')).join('\n</tool_response>\n<tool_response>\n');
  return { from: 'observation', value: [observed, ...words].join('\n\n') };
}

/** Calls as JSON; behind words they stand between the tags by which the trainer finds them. */
function answer(turn: AssistantTurn): Message {
  const words = unmarked(withThoughts(turn), '<image>');
  if (turn.calls.length === 0) return { from: 'gpt', value: unmarked(words, '<tool_call>') };
  const calls = JSON.stringify(turn.calls.map((call) => ({ name: call.name, arguments: call.arguments })));
  if (words === '') return { from: 'function_call', value: unmarked(unmarked(calls, '<tool_call>'), '<think>') };
  unmarked(calls, '</tool_call>');
  return { from: 'function_call', value: `${unmarked(words, '<tool_call>')}<tool_call>${calls}</tool_call>` };
}

function onlyAnswer(turns: readonly Turn[]): AssistantTurn {
  const [only, ...others] = turns;
  if (only?.role !== 'assistant' || others.length > 0) throw new Unfit('more than one answer to compare');
  return only;
}
