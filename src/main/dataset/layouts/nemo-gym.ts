import * as z from 'zod';
import type { Json } from '../../../shared/model/index.js';
import { type ExampleLayout, reasoningStripped } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { answerText, callsOf, describedTools, question } from './turn-texts.js';
import { fitting, type Shown, splitTurns, type Turn } from './turns.js';

const content = z.union([
  z.string(),
  z.array(
    z.union([
      z.object({ type: z.literal('input_text'), text: z.string() }),
      z.object({ type: z.literal('input_image'), image_url: z.string(), detail: z.literal('auto') }),
    ]),
  ),
]);
const item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), role: z.enum(['user', 'assistant', 'system']), content }),
  z.object({
    type: z.literal('reasoning'),
    id: z.string(),
    summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })),
  }),
  z.object({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.object({ type: z.literal('function_call_output'), call_id: z.string(), output: z.string() }),
]);
type Item = z.infer<typeof item>;
const tool = z.object({
  type: z.literal('function'),
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.json()),
  strict: z.literal(false),
});
const row = z.object({
  responses_create_params: z
    .object({ input: z.array(item).min(1), tools: z.array(tool).min(1).optional(), parallel_tool_calls: z.boolean() })
    .describe('What the model is asked, as a request of OpenAI’s Responses API'),
  expected_answer: z.string().describe('What was answered, for the verifier'),
  expected_calls: z
    .array(z.object({ name: z.string(), arguments: z.record(z.string(), z.json()) }))
    .optional()
    .describe('Tool calls of that answer, where it made some'),
});

/** Rows of NVIDIA NeMo Gym; `agent_ref` is added by its `dataset collate`. */
export const nemoGym = {
  id: 'nemo-gym',
  title: 'NeMo Gym',
  description: 'One row per question for NeMo Gym: a Responses request, and what was answered for the verifier.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningStripped },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const { prompt, expected } = splitTurns(example, reasoning);
      const calls = callsOf(expected);
      const answer = expected.findLast((turn) => turn.role === 'assistant');
      const tools = describedTools(toolsOf(example, prompt, expected)).map(
        ({ type, function: { name, description, parameters } }) => ({
          type,
          name,
          description: description ?? '',
          parameters: parameters as { [key: string]: Json },
          strict: false as const,
        }),
      );
      const asked = question(prompt, expected);
      yield {
        responses_create_params: {
          input: asked.flatMap((turn, index) => itemsOf(turn, index)),
          ...(tools.length === 0 ? {} : { tools }),
          parallel_tool_calls: example.call.params.parallel_tool_calls !== false,
        },
        expected_answer: answer === undefined ? '' : answerText(answer),
        ...(calls.length === 0 ? {} : { expected_calls: calls }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

function itemsOf(turn: Turn, index: number): Item[] {
  switch (turn.role) {
    case 'system':
      return [{ type: 'message', role: 'system', content: turn.text }];
    case 'user':
      return [{ type: 'message', role: 'user', content: contentOf(turn.shown) }];
    case 'tool':
      return [{ type: 'function_call_output', call_id: turn.call.id, output: turn.text }];
    case 'assistant': {
      const summary = [{ type: 'summary_text' as const, text: turn.reasoning }];
      return [
        ...(turn.reasoning === '' ? [] : [{ type: 'reasoning' as const, id: `rs_${index}`, summary }]),
        ...(turn.text === '' ? [] : [{ type: 'message' as const, role: 'assistant' as const, content: turn.text }]),
        ...turn.calls.map(({ id, name, arguments: args }) => ({
          type: 'function_call' as const,
          call_id: id,
          name,
          arguments: JSON.stringify(args),
        })),
      ];
    }
    default:
      return turn satisfies never;
  }
}

function contentOf(shown: readonly Shown[]): z.infer<typeof content> {
  if (shown.every((part) => part.type === 'text')) return shown.map(({ text }) => text).join('\n\n');
  return shown.map((part) =>
    part.type === 'text'
      ? { type: 'input_text' as const, text: part.text }
      : { type: 'input_image' as const, image_url: part.url, detail: 'auto' as const },
  );
}
