import { blockParts, knownBlock } from './anthropic-messages-blocks.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { emptyResponse } from './response.js';
import { unknownCounter } from './unknown.js';
import { anthropicUsage } from './usage.js';

/** A whole response: a message, an error, or a count of tokens. */
export function wholeMessage(json: JsonObject): FormatResponse {
  const response = emptyResponse();
  if (isObject(json.error) || json.type === 'error') return { ...response, error: errorOf(json.error, 'error') };
  // An answer to count_tokens: tokens of a request, not tokens that were used.
  if (!('content' in json) && 'input_tokens' in json) return response;
  if (!('content' in json)) throw new Error('the response is JSON, but no message');
  const unknown = unknownCounter();
  const blocks = objectsOf(json.content);
  for (const block of blocks) if (!knownBlock(block)) unknown.add(`block.${textOf(block.type) ?? 'without type'}`);
  return finishedMessage(json, blocks, { ...response, unknown_events: unknown.counts() });
}

/** A message object and its blocks, whole or joined from a stream. */
export function finishedMessage(message: JsonObject, blocks: JsonObject[], base: FormatResponse): FormatResponse {
  const id = wordOf(message.id);
  const usage = objectOf(message.usage);
  const response: FormatResponse = {
    ...base,
    response_id: id ?? null,
    model: wordOf(message.model) ?? null,
    messages: [{ role: 'assistant', ...(id === undefined ? {} : { id }), parts: blocks.flatMap(blockParts) }],
    stop_reason: wordOf(message.stop_reason) ?? null,
    usage: anthropicUsage(message.usage),
  };
  const tier = usage.speed === 'fast' ? 'fast' : wordOf(usage.service_tier);
  return tier === undefined ? response : { ...response, service_tier: tier };
}
