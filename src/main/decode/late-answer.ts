import type { DecodedExchange, Json } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import type { Subject } from './formats/format.js';
import { isObject, type JsonObject, objectOf, textOf, wordOf } from './formats/json.js';
import { openaiResponses } from './formats/openai-responses.js';
import { costOf } from './pricing.js';

/** Of OpenAI's Responses in the background: the answer is asked for again by its id, whole or as a stream, or given up. */
const path = /\/responses\/([\w.:-]{4,200}?)(\/cancel)?$/;

/** The answer of a call that another exchange ordered; null where this is none. */
export function lateAnswerOf(subject: Subject): NonNullable<DecodedExchange['answer']> | null {
  const { exchange } = subject;
  const [, id, cancel] = path.exec(subject.path) ?? [];
  if (id === undefined || exchange.method !== (cancel === undefined ? 'GET' : 'POST')) return null;
  if (exchange.response === undefined || exchange.response.status >= 400) return null;
  const latest = latestResponse(subject);
  if (latest === null || wordOf(latest.id) !== id) return null;
  const { service_tier: tier, ...response } = openaiResponses.response(exchange.response.body, subject);
  const request = openaiResponses.request({ ...repeated(latest), input: [] }, subject);
  const model = response.model ?? request.model;
  return {
    response_id: id,
    call: { format: openaiResponses.id, request, response, cost_usd: costOf(model, response.usage, tier) },
  };
}

/** The response as it stands at the end: the body, or what the last event of a stream says of it. */
function latestResponse({ exchange, responseJson }: Subject): JsonObject | null {
  if (isObject(responseJson)) return textOf(responseJson.object) === 'response' ? responseJson : null;
  const body = exchange.response?.body;
  if (body?.kind !== 'events') return null;
  for (const { data } of body.events.toReversed()) {
    const event = data.includes('"response"') ? parseJson(data) : undefined;
    const response = objectOf(isObject(event) ? event.response : undefined);
    if (wordOf(response.id) !== undefined) return response;
  }
  return null;
}

function repeated(response: JsonObject): JsonObject {
  const settings: [string, Json | undefined][] = [
    ['model', response.model],
    ['tools', response.tools],
    ['tool_choice', response.tool_choice],
  ];
  return Object.fromEntries(
    settings.flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, value]])),
  );
}
