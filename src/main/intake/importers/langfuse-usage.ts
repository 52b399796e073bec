import type { Usage } from '../../../shared/model/index.js';
import { usageOf } from './build.js';
import { countOf, type JsonObject, member, objectOf, unwrapped } from './fields.js';

/** Names of counts that are a part of the input or of the output, and what they count. */
const kinds: { test: RegExp; field: 'cached_input_tokens' | 'cache_write_tokens' | 'reasoning_tokens' }[] = [
  { test: /cache_?(creation|write)/i, field: 'cache_write_tokens' },
  { test: /cache/i, field: 'cached_input_tokens' },
  { test: /reason|thought|thinking/i, field: 'reasoning_tokens' },
];
/** By name; `nested`: of an object of details, which is a part of what is counted. */
interface Counts {
  [name: string]: { count: number; nested: boolean };
}
const plainInput = ['input', 'input_tokens', 'promptTokens', 'prompt_tokens', 'inputTokens'];
const plainOutput = ['output', 'output_tokens', 'completionTokens', 'completion_tokens', 'outputTokens'];

/**
 * The usage of an observation. Langfuse keeps counts under names of the application's own: those that begin with `input`
 * or `output` stand beside each other and add up, unless the total says that they are parts of it. Vendors' own usage
 * objects hold their parts in `…_details`.
 */
export function langfuseUsage(row: JsonObject): Usage | null {
  const usage = objectOf(unwrapped(member(row, 'usageDetails', 'usage_details', 'usage')));
  const input =
    countOf(member(usage, ...plainInput)) ?? countOf(member(row, 'promptTokens', 'prompt_tokens', 'inputUsage'));
  const output =
    countOf(member(usage, ...plainOutput)) ??
    countOf(member(row, 'completionTokens', 'completion_tokens', 'outputUsage'));
  const counts: Usage = {};
  const beside = { input: 0, output: 0 };
  const within = { ...nestedCounts(usage), ...flatCounts(usage) };
  for (const [name, { count, nested }] of Object.entries(within)) {
    const detail = kinds.find(({ test }) => test.test(name))?.field;
    const side = detail === 'reasoning_tokens' || /^(output|completion)/.test(name) ? 'output' : 'input';
    if (detail !== undefined) counts[detail] = (counts[detail] ?? 0) + count;
    if (!nested) beside[side] += count;
  }
  const total = countOf(member(usage, 'total', 'total_tokens', 'totalTokens'));
  const inclusive = total !== undefined && total === (input ?? 0) + (output ?? 0);
  const all = (plain: number | undefined, more: number) =>
    plain === undefined && more === 0 ? undefined : (plain ?? 0) + (inclusive ? 0 : more);
  return usageOf({ input_tokens: all(input, beside.input), output_tokens: all(output, beside.output), ...counts });
}

/** Counts beside the plain ones: `input_cached_tokens`, `output_reasoning`, `cache_read_input_tokens`, … */
function flatCounts(usage: JsonObject): Counts {
  const found: Counts = {};
  for (const [name, value] of Object.entries(usage)) {
    const count = countOf(value);
    if (count === undefined || plainInput.includes(name) || plainOutput.includes(name)) continue;
    if (/^(input|output|prompt|completion|cache|cached|reasoning|thought)/.test(name))
      found[name] = { count, nested: false };
  }
  return found;
}

/** `prompt_tokens_details` and the like: parts of what is counted already. */
function nestedCounts(usage: JsonObject): Counts {
  const found: Counts = {};
  for (const [name, value] of Object.entries(usage)) {
    for (const [inner, part] of Object.entries(/details$/i.test(name) ? objectOf(value) : {})) {
      const count = countOf(part);
      if (count !== undefined) found[`${name}.${inner}`] = { count, nested: true };
    }
  }
  return found;
}
