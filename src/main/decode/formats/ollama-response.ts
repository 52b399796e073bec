import type { ChatMessage, Part, StreamEvent } from '../../../shared/model/index.js';
import { errorOf, other, reasoning } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { mediaFromBase64 } from './media.js';
import { callParts } from './openai-chat-message.js';
import { emptyResponse, eventObject } from './response.js';
import { unknownCounter } from './unknown.js';
import { ollamaUsage } from './usage.js';

const knownFields = new Set([
  'model',
  'created_at',
  'message',
  'response',
  'thinking',
  'tool_calls',
  'image',
  'done',
  'done_reason',
  'context',
  'logprobs',
  'error',
  'completed',
  'total',
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
  'remote_model',
  'remote_host',
  'embedding',
  'embeddings',
]);
const messageFields = new Set([
  'role',
  'content',
  'thinking',
  'images',
  'tool_calls',
  'tool_name',
  'tool_call_id',
  'name',
]);

/** Joins the lines of an answer; the last one says `done`. */
export function ollamaStream(events: StreamEvent[]): FormatResponse {
  const lines: { line: JsonObject; position: number }[] = [];
  const unknown = unknownCounter();
  events.forEach((event, position) => {
    const line = eventObject(event);
    if (line !== undefined) lines.push({ line, position });
    else if (event.data !== '') unknown.add('not JSON');
  });
  const response = joined(lines);
  for (const [name, count] of Object.entries(response.unknown_events)) unknown.add(name, count);
  return { ...response, unknown_events: unknown.counts() };
}

/** An answer that is one JSON object: not streamed, or a stream of one line. */
export function ollamaAnswer(json: JsonObject): FormatResponse {
  const response = joined([{ line: json, position: 0 }]);
  const embedded = 'embedding' in json || 'embeddings' in json;
  return { ...response, first_content_event: null, partial: response.partial && !embedded };
}

/** `/api/chat` brings a message in each line, `/api/generate` its text and thinking bare. */
function joined(lines: { line: JsonObject; position: number }[]): FormatResponse {
  const response = emptyResponse();
  const unknown = unknownCounter();
  const parts: { text: string; thinking: string; rest: Part[] } = { text: '', thinking: '', rest: [] };
  let spoke = false;
  let done = false;
  for (const { line, position } of lines) {
    response.model = wordOf(line.model) ?? response.model;
    if (typeof line.error === 'string' || isObject(line.error)) response.error = errorOf(line.error, 'error');
    for (const key of Object.keys(line)) if (!knownFields.has(key)) unknown.add(key);
    const message = isObject(line.message) ? line.message : line;
    const text = textOf(message.content) ?? textOf(line.response) ?? '';
    const thinking = textOf(message.thinking) ?? '';
    const rest = restOf(message, line);
    for (const key of isObject(line.message) ? Object.keys(message) : []) {
      if (!messageFields.has(key)) unknown.add(`message.${key}`);
    }
    spoke ||= isObject(line.message) || typeof line.response === 'string';
    parts.text += text;
    parts.thinking += thinking;
    for (const part of rest) parts.rest.push(part);
    if (response.first_content_event === null && (text !== '' || thinking !== '' || rest.length > 0)) {
      response.first_content_event = position;
    }
    if (line.done === true) done = true;
    response.stop_reason = wordOf(line.done_reason) ?? response.stop_reason;
    response.usage = ollamaUsage(line) ?? response.usage;
  }
  const own: Part[] = [];
  if (parts.thinking !== '') own.push(reasoning(parts.thinking));
  if (parts.text !== '') own.push({ type: 'text', text: parts.text });
  if (spoke || own.length > 0 || parts.rest.length > 0) {
    response.messages = [{ role: 'assistant', parts: [...own, ...parts.rest] }];
  }
  return { ...response, partial: !done, unknown_events: unknown.counts() };
}

function restOf(message: JsonObject, line: JsonObject): Part[] {
  const parts = [...images(message.images), ...objectsOf(message.tool_calls).flatMap(toolCall)];
  if (typeof line.image === 'string') parts.push(mediaFromBase64('image', line.image));
  return parts;
}

/** A message of the history. */
export function ollamaMessage(message: JsonObject): ChatMessage {
  const role = textOf(message.role);
  const name = wordOf(message.tool_name) ?? wordOf(message.name);
  if (role === 'tool') {
    return {
      role: 'tool',
      parts: [
        {
          type: 'tool_result',
          tool_call_id: wordOf(message.tool_call_id) ?? null,
          ...(name === undefined ? {} : { name }),
          result: message.content ?? '',
        },
      ],
    };
  }
  const parts: Part[] = [];
  const thinking = wordOf(message.thinking);
  const text = textOf(message.content);
  if (thinking !== undefined) parts.push(reasoning(thinking));
  if (text !== undefined) parts.push(...(text === '' ? [] : [{ type: 'text' as const, text }]));
  else if (message.content !== undefined && message.content !== null) parts.push(other('content', message.content));
  parts.push(...restOf(message, {}));
  const extra = Object.entries(without(message, messageFields)).filter(([, value]) => value !== null && value !== '');
  parts.push(...extra.map(([label, value]) => other(label, value)));
  return { role: role === 'assistant' || role === 'system' ? role : 'user', parts };
}

/** Images are base64 without a media type. */
export function images(value: JsonObject[string] | undefined): Part[] {
  if (!Array.isArray(value)) return [];
  return value.map((image) => (typeof image === 'string' ? mediaFromBase64('image', image) : other('image', image)));
}

/** Calls come whole, their arguments as an object and mostly without an id; `index` only counts them. */
function toolCall(call: JsonObject): Part[] {
  const { index, ...definition } = objectOf(call.function);
  return callParts({ ...call, function: definition });
}
