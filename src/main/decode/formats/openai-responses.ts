import type { ChatMessage, DecodedRequest, Json, ToolOffer } from '../../../shared/model/index.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse, WireFormat } from './format.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { inputMessages } from './openai-responses-input.js';
import { qualifiedName } from './openai-responses-items.js';
import { responsesStream } from './openai-responses-stream.js';
import { wholeResponse } from './openai-responses-whole.js';
import { emptyResponse, readResponse } from './response.js';

/** OpenAI Responses over HTTP, streamed or not. */
export const openaiResponses: WireFormat<'openai-responses'> = {
  id: 'openai-responses',
  title: 'OpenAI Responses',

  matches(subject) {
    const { exchange, path, request } = subject;
    if (exchange.method !== 'POST') return 0;
    if (operationOf(path) !== null) {
      if (request === undefined) return exchange.request.body.kind === 'empty' ? 0 : 0.5;
      return isObject(request) && requestKeys.some((key) => key in request) ? 0.95 : 0;
    }
    if (!isObject(request) || !('input' in request)) return 0;
    const { responseHead } = subject;
    if (!isObject(responseHead)) return 0;
    if (responseHead.object === 'response') return 0.8;
    return textOf(responseHead.type)?.startsWith('response.') === true ? 0.8 : 0;
  },

  request(json, { path }) {
    if (!isObject(json)) throw new Error('the request body is no JSON object');
    const conversation = wordOf(json.conversation) ?? wordOf(objectOf(json.conversation).id);
    const previous = wordOf(json.previous_response_id);
    const { messages, references } = inputMessages(json.input);
    const request: DecodedRequest = {
      model: wordOf(json.model) ?? null,
      params: without(json, ownFields),
      tools: objectsOf(json.tools).flatMap((tool) => toolOffers(tool)),
      messages: [...instructions(json.instructions), ...messages],
      stream: json.stream === true,
      history_complete: previous === undefined && conversation === undefined && !references,
      operation: operationOf(path) ?? 'chat',
    };
    if (previous !== undefined) request.previous_response_id = previous;
    if (conversation !== undefined) request.conversation_id = conversation;
    const hint = sessionHint(json);
    if (hint !== undefined) request.session_hint = hint;
    return request;
  },

  response(body, subject) {
    if (operationOf(subject.path) === 'count_tokens') {
      return readResponse(body, subject, { json: tokenCount, events: responsesStream });
    }
    return readResponse(body, subject, { json: wholeResponse, events: responsesStream });
  },
};

const requestKeys = ['input', 'model', 'prompt', 'instructions', 'previous_response_id', 'conversation'];
const ownFields = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'stream',
  'previous_response_id',
  'conversation',
  // Of a socket's `response.create`: its name, and the lane of the answer.
  'type',
  'stream_id',
]);

function operationOf(path: string): DecodedRequest['operation'] | null {
  if (path.endsWith('/responses')) return 'chat';
  if (path.endsWith('/responses/compact')) return 'compact';
  return path.endsWith('/responses/input_tokens') ? 'count_tokens' : null;
}

/** Codex names its conversation by a UUID there; other values are shared by many conversations. */
function sessionHint(json: JsonObject): string | undefined {
  const named = wordOf(objectOf(json.metadata).session_id);
  if (named !== undefined) return named;
  const key = wordOf(json.prompt_cache_key);
  return key !== undefined && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key) ? key : undefined;
}

function instructions(value: Json | undefined): ChatMessage[] {
  if (typeof value === 'string')
    return value === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text: value }] }];
  return Array.isArray(value) ? inputMessages(value).messages : [];
}

/** A count of input tokens is an answer about a request, not tokens that were used. */
function tokenCount(json: JsonObject): FormatResponse {
  const response = emptyResponse();
  if (isObject(json.error)) response.error = errorOf(json.error, 'error');
  return response;
}

function toolOffers(tool: JsonObject, namespace?: string): ToolOffer[] {
  const kind = wordOf(tool.type) ?? 'function';
  const ownName = wordOf(tool.name);
  if (kind === 'namespace' && Array.isArray(tool.tools)) {
    return objectsOf(tool.tools).flatMap((inner) => toolOffers(inner, ownName));
  }
  const name = ownName ?? wordOf(tool.server_label) ?? kind;
  const description = wordOf(tool.description) ?? wordOf(tool.server_description);
  const parameters = tool.parameters ?? tool.format;
  return [
    {
      name: qualifiedName(namespace, name),
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined || parameters === null ? {} : { parameters }),
      kind,
    },
  ];
}
