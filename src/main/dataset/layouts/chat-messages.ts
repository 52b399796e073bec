import * as z from 'zod';
import type { OpenAiTool } from './openai-shapes.js';
import type { Shown, Turn } from './turns.js';

const toolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.json()) }),
});

/** Messages as chat templates of open models read them: arguments are an object, nothing is null. */
export const chatMessageSchema = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.union([
    z.string(),
    z.array(
      z.union([
        z.object({ type: z.literal('text'), text: z.string() }),
        z.object({ type: z.literal('image'), url: z.string().optional() }),
      ]),
    ),
  ]),
  reasoning_content: z.string().optional(),
  tool_calls: z.array(toolCall).min(1).optional(),
  name: z.string().optional(),
  tool_call_id: z.string().optional(),
});
export type ChatTemplateMessage = z.infer<typeof chatMessageSchema>;

/** How an image stands in a message. */
export type ShowImage = (url: string) => { type: 'image'; url?: string };

export function chatMessages(turns: readonly Turn[], image: ShowImage): ChatTemplateMessage[] {
  return turns.map((turn) => chatMessage(turn, image));
}

export function chatMessage(turn: Turn, image: ShowImage): ChatTemplateMessage {
  switch (turn.role) {
    case 'system':
      return { role: 'system', content: turn.text };
    case 'user':
      return { role: 'user', content: contentOf(turn.shown, image) };
    case 'assistant': {
      const tool_calls = turn.calls.map(({ id, name, arguments: args }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: args },
      }));
      return {
        role: 'assistant',
        content: turn.text,
        ...(turn.reasoning === '' ? {} : { reasoning_content: turn.reasoning }),
        ...(tool_calls.length === 0 ? {} : { tool_calls }),
      };
    }
    case 'tool':
      return { role: 'tool', name: turn.call.name, tool_call_id: turn.call.id, content: turn.text };
    default:
      return turn satisfies never;
  }
}

function contentOf(shown: readonly Shown[], image: ShowImage): ChatTemplateMessage['content'] {
  if (shown.every((part) => part.type === 'text')) return shown.map(({ text }) => text).join('\n\n');
  return shown.map((part) => (part.type === 'text' ? part : image(part.url)));
}

/** Tools as JSON text: as a list their schemas would be forced into one. */
export function toolsText(tools: readonly OpenAiTool[]): { tools?: string } {
  return tools.length === 0 ? {} : { tools: JSON.stringify(tools) };
}

/** Images as `{type: "image"}` with their addresses gathered in a column. */
export function gatheredImages(): { image: ShowImage; fields(): { images?: string[] } } {
  const images: string[] = [];
  return {
    image(url) {
      images.push(url);
      return { type: 'image' };
    },
    fields: () => (images.length === 0 ? {} : { images }),
  };
}
