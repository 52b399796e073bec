import * as z from 'zod';
import { chatMessageSchema, chatMessages } from './chat-messages.js';
import { type ExampleLayout, reasoningStripped } from './layout.js';
import { openAiToolSchema } from './openai-shapes.js';
import { toolsOf } from './openai-tools.js';
import { describedTools, withMarks } from './turn-texts.js';
import { fitting, learnedTurns, type Turn, Unfit } from './turns.js';

const tool = openAiToolSchema.extend({ function: openAiToolSchema.shape.function.extend({ name: z.string() }) });
const row = z.object({
  messages: z.array(chatMessageSchema).min(1).describe('The conversation; every answer is learned'),
  tools: z.array(tool).min(1).optional().describe('The functions the model could call'),
  images: z
    .array(z.object({ image: z.string() }))
    .optional()
    .describe('The images that `<image>` stands for'),
});

/** verl’s MultiTurnSFTDataset; its files are Parquet. */
export const verlSft = {
  id: 'verl-sft',
  title: 'verl SFT',
  description: 'One row per conversation for verl’s multi-turn SFT; it reads Parquet alone.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningStripped },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const turns = learnedTurns(example, reasoning);
      const { marked, images } = markImages(turns);
      const tools = describedTools(toolsOf(example, turns));
      yield {
        messages: chatMessages(marked, (url) => ({ type: 'image', url })),
        ...(tools.length === 0 ? {} : { tools }),
        ...(images.length === 0 ? {} : { images: images.map((image) => ({ image })) }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

/** Images as `<image>` in the text, where there are any. */
export function markImages(turns: readonly Turn[]): { marked: readonly Turn[]; images: string[] } {
  const images: string[] = [];
  if (!turns.some((turn) => turn.role === 'user' && turn.shown.some(({ type }) => type === 'image')))
    return { marked: turns, images };
  const marked = turns.map((turn): Turn => {
    if (turn.role === 'user')
      return { ...turn, shown: [{ type: 'text', text: withMarks(turn.shown, '<image>', images) }] };
    if (turn.text.includes('<image>')) throw new Unfit('words that its reader takes for something else: <image>');
    return turn;
  });
  return { marked, images };
}
