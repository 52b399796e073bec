import * as z from 'zod';
import { isObject } from '../../ground/json.js';
import { jsonValue } from './json-value.js';
import { type ExampleLayout, reasoningStripped } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { describedTools, onlyText, rounds } from './turn-texts.js';
import { type AssistantTurn, fitting, learnedTurns, type ToolTurn } from './turns.js';

const json = z.record(z.string(), z.json());
const block = z.union([
  z.object({ text: z.string() }),
  z.object({ reasoningContent: z.object({ reasoningText: z.object({ text: z.string() }) }) }),
  z.object({ toolUse: z.object({ toolUseId: z.string(), name: z.string(), input: json }) }),
  z.object({
    toolResult: z.object({
      toolUseId: z.string(),
      content: z.array(z.union([z.object({ text: z.string() }), z.object({ json })])).min(1),
      status: z.enum(['success', 'error']),
    }),
  }),
]);
type Block = z.infer<typeof block>;
const row = z.object({
  schemaVersion: z.literal('bedrock-conversation-2024').describe('Version of this shape'),
  system: z
    .array(z.object({ text: z.string() }))
    .optional()
    .describe('The instructions'),
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant']), content: z.array(block).min(1) }))
    .min(1)
    .describe('The conversation: user and assistant in turn, results among what the user says'),
  toolConfig: z
    .object({
      tools: z.array(
        z.object({
          toolSpec: z.object({ name: z.string(), description: z.string(), inputSchema: z.object({ json }) }),
        }),
      ),
    })
    .optional()
    .describe('Tools the model could call'),
});

/** Amazon Bedrock’s conversation format for customization (docs.aws.amazon.com/bedrock, bedrock-conversation-2024). */
export const bedrock = {
  id: 'bedrock',
  title: 'Bedrock conversation',
  description:
    'One row per conversation in Amazon Bedrock’s conversation format; its images must lie in S3, so there are none.',
  of: 'examples',
  consent: 'beside',
  row,
  choices: { reasoning: reasoningStripped },
  *rows(example, { reasoning }) {
    yield* fitting(function* () {
      const turns = learnedTurns(example, reasoning);
      const { system, rounds: all } = rounds(turns);
      const tools = describedTools(toolsOf(example, turns)).map(({ function: { name, description, parameters } }) => ({
        // An empty description is refused there.
        toolSpec: {
          name,
          description: description === '' ? name : (description ?? name),
          inputSchema: { json: parameters ?? {} },
        },
      }));
      yield {
        schemaVersion: 'bedrock-conversation-2024' as const,
        ...(system === null ? {} : { system: [{ text: system }] }),
        messages: all.flatMap(({ results, shown, answer }) => [
          {
            role: 'user' as const,
            content: [...results.map(resultBlock), ...(shown.length === 0 ? [] : [{ text: onlyText(shown) }])],
          },
          { role: 'assistant' as const, content: answerBlocks(answer) },
        ]),
        ...(tools.length === 0 ? {} : { toolConfig: { tools } }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

function resultBlock({ call, text, failed }: ToolTurn): Block {
  const value = jsonValue(text);
  const content = isObject(value) ? { json: value as z.infer<typeof json> } : { text };
  return { toolResult: { toolUseId: call.id, content: [content], status: failed ? 'error' : 'success' } };
}

function answerBlocks({ reasoning, text, calls }: AssistantTurn): Block[] {
  return [
    ...(reasoning === '' ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }]),
    ...(text === '' ? [] : [{ text }]),
    ...calls.map(({ id, name, arguments: input }) => ({ toolUse: { toolUseId: id, name, input } })),
  ];
}
