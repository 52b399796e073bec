import * as z from 'zod';
import type { Json } from '../../../shared/model/index.js';
import { isObject } from '../../ground/json.js';
import type { ExampleLayout } from './layout.js';
import type { OpenAiTool } from './openai-shapes.js';
import { toolsOf } from './openai-tools.js';
import { callsOf, describedTools, onlyText } from './turn-texts.js';
import { fitting, turnsOf, Unfit } from './turns.js';

const row = z.object({
  query: z.string().describe('What the user asked'),
  tools: z.string().describe('JSON text: the functions, each with the description and type of its parameters'),
  answers: z.string().describe('JSON text: the calls that the question led to at once, with their arguments'),
});

/** Salesforce’s single-turn function calling (Salesforce/xlam-function-calling-60k). */
export const xlam = {
  id: 'xlam',
  title: 'xLAM',
  description:
    'One row per conversation: its first question and the tool calls that were made at once; nothing else of it.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const turns = turnsOf(example, 'strip');
      const asked = turns.findIndex((turn) => turn.role === 'user');
      const [question, answer] = [turns[asked], turns[asked + 1]];
      if (question?.role !== 'user' || answer?.role !== 'assistant' || answer.calls.length === 0)
        throw new Unfit('the first question leads to no tool call at once');
      if (answer.context_only) throw new Unfit('the first question leads to calls that are context alone');
      yield {
        query: onlyText(question.shown),
        tools: JSON.stringify(describedTools(toolsOf(example, turns)).map(xlamTool)),
        answers: JSON.stringify(callsOf([answer])),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;

function xlamTool({ function: { name, description, parameters } }: OpenAiTool): Json {
  const properties = isObject(parameters?.properties) ? parameters.properties : {};
  const described = Object.entries(properties).map(([key, schema]): [string, Json] => [key, parameter(schema as Json)]);
  return { name, description: description ?? '', parameters: Object.fromEntries(described) };
}

function parameter(schema: Json): Json {
  if (!isObject(schema)) return { description: '', type: 'any' };
  const { description, type, default: preset } = schema as { [key: string]: Json | undefined };
  return {
    description: typeof description === 'string' ? description : '',
    type: typeof type === 'string' ? type : 'any',
    ...(preset === undefined ? {} : { default: preset }),
  };
}
