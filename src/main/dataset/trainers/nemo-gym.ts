import * as z from 'zod';
import { arrayOf, isObject, type JsonObject } from '../../ground/json.js';
import { Findings, isText } from './reading.js';
import type { Trainer } from './trainer.js';

const words = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.enum(['input_text', 'input_image', 'input_file', 'input_audio']) })),
]);
const item = z.union([
  z.looseObject({
    type: z.literal('message').optional(),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: words,
  }),
  z.looseObject({
    type: z.literal('message').optional(),
    role: z.literal('assistant').optional(),
    id: z.string(),
    content: z.array(
      z.union([
        z.looseObject({
          type: z.literal('output_text').optional(),
          text: z.string(),
          annotations: z.array(z.unknown()),
        }),
        z.looseObject({ type: z.literal('refusal').optional(), refusal: z.string() }),
      ]),
    ),
  }),
  z.looseObject({
    type: z.literal('function_call').optional(),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.looseObject({
    type: z.literal('function_call_output').optional(),
    call_id: z.string(),
    output: z.union([
      z.string(),
      z.array(z.looseObject({ type: z.enum(['input_text', 'input_image', 'input_file']) })),
    ]),
  }),
  z.looseObject({
    type: z.literal('reasoning').optional(),
    id: z.string(),
    summary: z.array(z.looseObject({ type: z.literal('summary_text'), text: z.string() })),
  }),
]);
const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  strict: z.boolean().nullable(),
});
const requestFields = new Set(
  'background include input instructions max_output_tokens max_tool_calls metadata model parallel_tool_calls previous_response_id prompt reasoning service_tier store temperature text tool_choice tools top_logprobs top_p truncation user stream context_management conversation moderation prompt_cache_key prompt_cache_retention safety_identifier stream_options'.split(
    ' ',
  ),
);

const roles: readonly unknown[] = ['user', 'assistant', 'system', 'developer'];
const answerParts: readonly unknown[] = ['output_text', 'refusal'];

/** Whether an item without a type goes by what is taken for anything. */
function isUnknown({ type, role, content, id, ...rest }: JsonObject): boolean {
  if ((type ?? null) !== null) return false;
  const [first] = arrayOf(content);
  const isAnswer = isObject(first) && answerParts.includes(first.type);
  if (roles.includes(role) && (isText(content) || Array.isArray(content)))
    return isAnswer && !(role === 'assistant' && isText(id));
  if (role === undefined && isText(id) && Array.isArray(content) && (content.length === 0 || isAnswer)) return false;
  if ('arguments' in rest && 'name' in rest) return false;
  if (isText(rest.call_id) && 'output' in rest) return false;
  return !(isText(id) && Array.isArray(rest.summary));
}

export const nemoGym = {
  id: 'nemo-gym',
  title: 'NeMo Gym',
  description: 'NVIDIA NeMo Gym 0.7: rows as its validator takes them; a request that is too long ends its rollout.',
  layouts: ['nemo-gym'],
  tooLong: 'skipped',
  open() {
    return {
      row(row) {
        const found = new Findings();
        const params = row.responses_create_params;
        const at = 'responses_create_params';
        if (!isObject(params)) {
          found.stops(at, 'params_missing', 'There is no request.');
          return found.all;
        }
        for (const key of Object.keys(params))
          if (!requestFields.has(key)) found.stops(`${at}.${key}`, 'param_unknown', 'No other fields are taken.');
        if (!isText(params.input) && !Array.isArray(params.input))
          found.stops(`${at}.input`, 'input_missing', 'There is no input.');
        for (const [index, each] of arrayOf(params.input).entries())
          if (isObject(each) && isUnknown(each))
            found.add(
              'dropped',
              `${at}.input[${index}]`,
              'item_unknown',
              'An item without a type that is like none is taken for a list of tools: what it says is lost.',
            );
          else if (!item.safeParse(each).success)
            found.stops(
              `${at}.input[${index}]`,
              'item_invalid',
              'This is no item of a Responses request as it is taken here.',
            );
        for (const [index, tool] of arrayOf(params.tools).entries())
          if (isObject(tool) && (tool.type ?? 'function') === 'function' && !functionTool.safeParse(tool).success)
            found.stops(`${at}.tools[${index}]`, 'tool_invalid', 'A function needs name, parameters and strict.');
        if (Object.keys(row).every((key) => key === at || key === 'agent_ref'))
          found.add('mistrained', '', 'nothing_to_verify', 'No field tells a verifier what to expect.');
        return found.all;
      },
    };
  },
} satisfies Trainer;
