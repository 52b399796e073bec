import * as z from 'zod';
import type { Example } from '../examples/example.js';
import { chatMessageSchema, chatMessages, gatheredImages, toolsText } from './chat-messages.js';
import { toolsOf } from './openai-tools.js';
import type { Turn } from './turns.js';

/** Messages of TRL's rows (huggingface.co/docs/trl/dataset_formats). */
export const trlMessages = z.array(chatMessageSchema).min(1);
/** Columns that every one of TRL's rows may have. */
export const trlColumns = {
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
  images: z
    .array(z.string())
    .optional()
    .describe('Addresses of the images, in the order of their places in the messages'),
};

/** The parts of a conversation as columns of one row, with its tools and images. */
export function trlRow<Name extends string>(
  example: Pick<Example, 'call' | 'trace'>,
  parts: { [name in Name]: readonly Turn[] },
): { [name in Name]: z.infer<typeof trlMessages> } & { tools?: string; images?: string[] } {
  const { image, fields } = gatheredImages();
  const columns = Object.fromEntries(
    Object.entries<readonly Turn[]>(parts).map(([name, turns]) => [name, chatMessages(turns, image)]),
  ) as { [name in Name]: z.infer<typeof trlMessages> };
  return { ...columns, ...toolsText(toolsOf(example, ...Object.values<readonly Turn[]>(parts))), ...fields() };
}
