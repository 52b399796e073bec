import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ExampleLayout } from './layout.js';
import { openAiContent } from './openai-messages.js';
import { openAiToolSchema } from './openai-shapes.js';
import { openAiTools } from './openai-tools.js';
import { describedTools, rounds } from './turn-texts.js';
import { fitting, type Turn, turnsOf } from './turns.js';

const id = z.string().regex(/^[a-zA-Z0-9]{9}$/);
const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({
    role: z.literal('user'),
    content: z.union([
      z.string(),
      z.array(
        z.union([
          z.object({ type: z.literal('text'), text: z.string() }),
          z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
        ]),
      ),
    ]),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.string(),
    tool_calls: z
      .array(
        z.object({ id, type: z.literal('function'), function: z.object({ name: z.string(), arguments: z.string() }) }),
      )
      .min(1)
      .optional(),
    weight: z.literal(0).optional(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: id, name: z.string(), content: z.string() }),
]);
const row = z.object({
  messages: z.array(message).min(1).describe('The conversation; ids of calls have nine letters or digits'),
  tools: z.array(openAiToolSchema).min(1).optional().describe('Functions the model could call'),
});

/** Mistral’s fine-tuning form (docs.mistral.ai, mistral-finetune): nobody but the model may speak after a result. */
export const mistral = {
  id: 'mistral',
  title: 'Mistral',
  description: 'One row per conversation in Mistral’s fine-tuning form, with ids of nine characters.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const turns = turnsOf(example, 'strip');
      const tools = describedTools(openAiTools(example, turns));
      yield { messages: messagesOf(turns), ...(tools.length === 0 ? {} : { tools }) };
    });
  },
} satisfies ExampleLayout<typeof row>;

function messagesOf(turns: readonly Turn[]): z.infer<typeof message>[] {
  const { system, rounds: all } = rounds(turns);
  const out: z.infer<typeof message>[] = system === null ? [] : [{ role: 'system', content: system }];
  for (const { results, shown, answer } of all) {
    const content = openAiContent(shown);
    for (const [index, { call, text }] of results.entries()) {
      // What was said beside results goes to the last of them, unless it shows images.
      const whole =
        index === results.length - 1 && typeof content === 'string' && content !== '' ? `${text}\n\n${content}` : text;
      out.push({ role: 'tool', tool_call_id: shortId(call.id), name: call.name, content: whole });
    }
    if (results.length === 0 || typeof content !== 'string') out.push({ role: 'user', content });
    out.push({
      role: 'assistant',
      content: answer.text,
      ...(answer.calls.length === 0
        ? {}
        : {
            tool_calls: answer.calls.map((call) => ({
              id: shortId(call.id),
              type: 'function' as const,
              function: { name: call.name, arguments: JSON.stringify(call.arguments) },
            })),
          }),
      ...(answer.context_only ? { weight: 0 as const } : {}),
    });
  }
  return out;
}

/** Nine letters and digits, the same for the same id. */
function shortId(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}
