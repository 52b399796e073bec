import type { Json, Usage } from '../../../shared/model/index.js';
import { field } from './gemini-fields.js';
import { countOf, isObject, type JsonObject, objectOf, objectsOf } from './json.js';

/**
 * Usage as OpenAI's two APIs and their look-alikes send it: cached tokens are inside the input tokens.
 * DeepSeek names cache hits `prompt_cache_hit_tokens`; xAI counts reasoning beside the completion, not in it.
 * `cache_write_1h_tokens` takes the writes that OpenAI keeps for 12 hours: both are the dearer, longer-lived kind.
 */
export function openaiUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const inputDetails = objectOf(value.prompt_tokens_details ?? value.input_tokens_details);
  const outputDetails = objectOf(value.completion_tokens_details ?? value.output_tokens_details);
  const input = countOf(value.prompt_tokens) ?? countOf(value.input_tokens);
  let output = countOf(value.completion_tokens) ?? countOf(value.output_tokens);
  const reasoning = countOf(outputDetails.reasoning_tokens);
  const total = countOf(value.total_tokens);
  if (reasoning !== undefined && reasoning > 0 && input !== undefined && output !== undefined) {
    if (total === input + output + reasoning) output += reasoning;
  }
  return compact({
    input_tokens: input,
    output_tokens: output,
    cached_input_tokens: countOf(inputDetails.cached_tokens) ?? countOf(value.prompt_cache_hit_tokens),
    cache_write_tokens: countOf(inputDetails.cache_write_tokens),
    cache_write_1h_tokens: countOf(objectOf(inputDetails.cache_write_tokens_details).ttl_12h_tokens),
    reasoning_tokens: reasoning,
  });
}

/**
 * Usage as Anthropic sends it: cache reads and writes are outside `input_tokens`, so they are added. The tokens of
 * compaction iterations are outside the totals too.
 */
export function anthropicUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const sum = { input: 0, output: 0, read: 0, write: 0, write1h: 0 };
  const entries = [value, ...objectsOf(value.iterations).filter((iteration) => iteration.type === 'compaction')];
  for (const entry of entries) {
    sum.input += countOf(entry.input_tokens) ?? 0;
    sum.output += countOf(entry.output_tokens) ?? 0;
    sum.read += countOf(entry.cache_read_input_tokens) ?? 0;
    sum.write += countOf(entry.cache_creation_input_tokens) ?? 0;
    sum.write1h += countOf(objectOf(entry.cache_creation).ephemeral_1h_input_tokens) ?? 0;
  }
  const has = (key: string) => countOf(value[key]) !== undefined;
  return compact({
    input_tokens: has('input_tokens') ? sum.input + sum.read + sum.write : undefined,
    output_tokens: has('output_tokens') ? sum.output : undefined,
    cached_input_tokens: has('cache_read_input_tokens') ? sum.read : undefined,
    cache_write_tokens: has('cache_creation_input_tokens') ? sum.write : undefined,
    cache_write_1h_tokens: isObject(value.cache_creation) ? sum.write1h : undefined,
    reasoning_tokens: countOf(objectOf(value.output_tokens_details).thinking_tokens),
  });
}

/**
 * Usage as Gemini sends it: thoughts are counted beside the candidates, results of server tools beside the prompt, and
 * cached tokens are inside the prompt. Where the total says that thoughts are inside the candidates already, they are.
 */
export function geminiUsage(usage: JsonObject): Usage | null {
  const count = (name: string) => countOf(field(usage, name));
  const prompt = count('promptTokenCount');
  const tool = count('toolUsePromptTokenCount') ?? 0;
  const thoughts = count('thoughtsTokenCount');
  const total = count('totalTokenCount');
  const candidates = count('candidatesTokenCount') ?? count('responseTokenCount');
  let output = candidates === undefined ? undefined : candidates + (thoughts ?? 0);
  if (total !== undefined && prompt !== undefined) {
    const rest = total - prompt - tool;
    if (candidates === undefined && rest >= 0) output = rest;
    else if (candidates === rest) output = candidates;
  }
  return compact({
    input_tokens: prompt === undefined ? undefined : prompt + tool,
    output_tokens: output,
    cached_input_tokens: count('cachedContentTokenCount'),
    cache_write_tokens: undefined,
    cache_write_1h_tokens: undefined,
    reasoning_tokens: thoughts,
  });
}

/** Usage as Bedrock's Converse sends it: cache reads and writes are outside `inputTokens`. */
export function bedrockUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const input = countOf(value.inputTokens);
  const read = countOf(value.cacheReadInputTokens);
  const write = countOf(value.cacheWriteInputTokens);
  const details = objectsOf(value.cacheDetails);
  const hour = details.filter(({ ttl }) => ttl === '1h').map(({ inputTokens }) => countOf(inputTokens) ?? 0);
  return compact({
    input_tokens: input === undefined ? undefined : input + (read ?? 0) + (write ?? 0),
    output_tokens: countOf(value.outputTokens),
    cached_input_tokens: read,
    cache_write_tokens: write,
    cache_write_1h_tokens: hour.length === 0 ? undefined : hour.reduce((sum, tokens) => sum + tokens, 0),
    reasoning_tokens: undefined,
  });
}

/** Usage as Ollama counts it; a prompt that was still in its cache is left out by older versions. */
export function ollamaUsage(value: JsonObject): Usage | null {
  return compact({
    input_tokens: countOf(value.prompt_eval_count),
    output_tokens: countOf(value.eval_count),
    cached_input_tokens: undefined,
    cache_write_tokens: undefined,
    cache_write_1h_tokens: undefined,
    reasoning_tokens: undefined,
  });
}

function compact(usage: { [key in keyof Required<Usage>]: number | undefined }): Usage | null {
  const entries = Object.entries(usage).filter(([, count]) => count !== undefined);
  return entries.length === 0 ? null : (Object.fromEntries(entries) as Usage);
}
