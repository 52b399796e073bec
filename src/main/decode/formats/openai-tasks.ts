import type { Body, ChatMessage, DecodedRequest, Json, StreamEvent } from '../../../shared/model/index.js';
import { errorOf, other } from './content-parts.js';
import type { FormatResponse, Subject } from './format.js';
import { isObject, type JsonObject, objectOf, textOf, without, wordOf } from './json.js';
import { mediaFromUrl } from './media.js';
import { azureDeployment } from './model-path.js';
import { emptyResponse, eventObject, readResponse } from './response.js';
import { openaiUsage } from './usage.js';

/** The request of a call that takes an input and holds no conversation: embeddings, moderations, images, speech. */
export function taskRequest(
  json: Json,
  path: string,
  input: string,
  operation: DecodedRequest['operation'],
): DecodedRequest {
  if (!isObject(json)) throw new Error('the request body is no JSON object');
  return {
    model: wordOf(json.model) ?? azureDeployment(path) ?? null,
    params: without(json, new Set(['model', 'stream', input])),
    tools: [],
    messages: inputMessages(json[input]),
    stream: json.stream === true || json.stream_format === 'sse',
    history_complete: true,
    operation,
  };
}

/** An input is a text, tokens, a typed part, or a list of these. */
function inputMessages(input: Json | undefined): ChatMessage[] {
  const list = Array.isArray(input) && input.some((item) => typeof item !== 'number') ? input : [input ?? ''];
  return list.map((item) => ({ role: 'user', parts: [inputPart(item)] }));
}

function inputPart(item: Json): ChatMessage['parts'][number] {
  if (typeof item === 'string') return { type: 'text', text: item };
  if (!isObject(item)) return other('tokens', item);
  if (typeof item.text === 'string') return { type: 'text', text: item.text };
  const url = textOf(objectOf(item.image_url).url);
  return url === undefined ? other(textOf(item.type) ?? 'input', item) : mediaFromUrl('image', url);
}

/** What can be said of the answer without its payload: model, usage, error. */
export function taskResponse(body: Body, subject: Subject): FormatResponse {
  return readResponse(body, subject, { json: answer, events: answers });
}

function answer(json: JsonObject): FormatResponse {
  const response: FormatResponse = {
    ...emptyResponse(),
    response_id: wordOf(json.id) ?? null,
    model: wordOf(json.model) ?? null,
    usage: openaiUsage(json.usage),
  };
  const { error } = json;
  return isObject(error) || typeof error === 'string' ? { ...response, error: errorOf(error, 'error') } : response;
}

/** Images and speech may be streamed; their last event carries the usage. */
function answers(events: StreamEvent[], complete: boolean): FormatResponse {
  const response = emptyResponse();
  for (const event of events) {
    const { error, usage } = eventObject(event) ?? {};
    if (isObject(error) || typeof error === 'string') response.error = errorOf(error, 'error');
    response.usage = openaiUsage(usage) ?? response.usage;
  }
  return { ...response, partial: !complete };
}
