import * as z from 'zod';
import { isObject } from '../../ground/json.js';
import { jsonValue } from './json-value.js';
import type { ExampleLayout } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { describedTools, rounds } from './turn-texts.js';
import { fitting, learnedTurns, type Shown, type ToolTurn, Unfit } from './turns.js';

const json = z.record(z.string(), z.json());
const part = z.union([
  z.object({ text: z.string() }),
  z.object({ functionCall: z.object({ name: z.string(), args: json }) }),
  z.object({ functionResponse: z.object({ name: z.string(), response: json }) }),
  z.object({ fileData: z.object({ mimeType: z.string(), fileUri: z.string() }) }),
]);
type GeminiPart = z.infer<typeof part>;
const row = z.object({
  systemInstruction: z
    .object({ role: z.literal('system'), parts: z.array(z.object({ text: z.string() })) })
    .optional()
    .describe('The instructions'),
  contents: z
    .array(z.object({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) }))
    .min(1)
    .describe('The conversation: user and model in turn, results among what the user says'),
  tools: z
    .array(
      z.object({
        functionDeclarations: z.array(z.object({ name: z.string(), description: z.string(), parameters: json })),
      }),
    )
    .optional()
    .describe('Functions the model could call'),
});

/** Supervised tuning of Gemini on Vertex AI (cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare). */
export const gemini = {
  id: 'gemini',
  title: 'Gemini',
  description: 'One row per conversation for supervised tuning of Gemini on Vertex AI.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const turns = learnedTurns(example, 'strip');
      const { system, rounds: all } = rounds(turns);
      const functions = describedTools(toolsOf(example, turns)).map(
        ({ function: { name, description, parameters } }) => ({
          name,
          description: description ?? '',
          parameters: parameters ?? {},
        }),
      );
      yield {
        ...(system === null ? {} : { systemInstruction: { role: 'system' as const, parts: [{ text: system }] } }),
        contents: all.flatMap(({ results, shown, answer }) => [
          { role: 'user' as const, parts: [...results.map(response), ...shown.map(shownPart)] },
          {
            role: 'model' as const,
            parts: [
              ...(answer.text === '' ? [] : [{ text: answer.text }]),
              ...answer.calls.map(({ name, arguments: args }): GeminiPart => ({ functionCall: { name, args } })),
            ],
          },
        ]),
        ...(functions.length === 0 ? {} : { tools: [{ functionDeclarations: functions }] }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

/** A response is an object there; what is none stands under `result`, of a call that failed under `error`. */
function response({ call, text, failed }: ToolTurn): GeminiPart {
  const value = jsonValue(text);
  const whole = isObject(value) && !failed ? (value as z.infer<typeof json>) : { [failed ? 'error' : 'result']: value };
  return { functionResponse: { name: call.name, response: whole } };
}

function shownPart(shown: Shown): GeminiPart {
  if (shown.type === 'text') return { text: shown.text };
  if (shown.media_type === undefined) throw new Unfit('an image whose type is not known');
  return { fileData: { mimeType: shown.media_type, fileUri: shown.url } };
}
