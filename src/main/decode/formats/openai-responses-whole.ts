import type { ChatMessage, Part } from '../../../shared/model/index.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { addParts, itemParts, knownItem } from './openai-responses-items.js';
import { emptyResponse } from './response.js';
import { unknownCounter } from './unknown.js';
import { openaiUsage } from './usage.js';

/** A whole response object, as a JSON body or inside the events that close a stream. */
export function wholeResponse(json: JsonObject): FormatResponse {
  const unknown = unknownCounter();
  const items = objectsOf(json.output);
  for (const item of items) if (!knownItem(item)) unknown.add(`item.${textOf(item.type) ?? 'without type'}`);
  const message = outputMessage(items);
  const response: FormatResponse = {
    ...emptyResponse(),
    response_id: wordOf(json.id) ?? null,
    model: wordOf(json.model) ?? null,
    messages: message === null ? [] : [message],
    stop_reason: stopReason(json),
    usage: openaiUsage(json.usage),
    unknown_events: unknown.counts(),
  };
  if (isObject(json.error) || typeof json.error === 'string') response.error = errorOf(json.error, 'error');
  const tier = wordOf(json.service_tier);
  return tier === undefined ? response : { ...response, service_tier: tier };
}

/** The one assistant message that all output items of a response make. */
export function outputMessage(items: JsonObject[]): ChatMessage | null {
  if (items.length === 0) return null;
  const id = items.filter((item) => item.type === 'message').map((item) => wordOf(item.id))[0];
  const parts: Part[] = [];
  for (const item of items) addParts(parts, itemParts(item), item.type === 'message');
  return { role: 'assistant', ...(id === undefined ? {} : { id }), parts };
}

/** Why it is incomplete where it is, else the status: `completed`, `failed`, `cancelled`, `queued`, … */
export function stopReason(response: JsonObject): string | null {
  return wordOf(objectOf(response.incomplete_details).reason) ?? wordOf(response.status) ?? null;
}
