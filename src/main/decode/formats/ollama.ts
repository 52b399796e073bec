import type { ChatMessage, DecodedRequest, Json, ToolOffer } from '../../../shared/model/index.js';
import type { WireFormat } from './format.js';
import { arrayOf, isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { images, ollamaAnswer, ollamaMessage, ollamaStream } from './ollama-response.js';
import { readResponse } from './response.js';

const paths = /\/api\/(chat|generate|embed|embeddings)$/;

/** Ollama's own API: chat, generate and embeddings. Chat and generate stream unless they are told not to. */
export const ollama: WireFormat<'ollama'> = {
  id: 'ollama',
  title: 'Ollama',

  matches({ exchange, path, request, responseHead }) {
    const method = paths.exec(path)?.[1];
    if (exchange.method !== 'POST' || method === undefined || !isObject(request)) return 0;
    if (typeof request.model !== 'string' || !hasInput(request, method)) return 0;
    // `/api/chat` is a common path: applications serve their own pages from it.
    if (!isObject(responseHead)) return exchange.response === undefined ? 0.6 : 0.5;
    if (typeof responseHead.done === 'boolean' || 'embedding' in responseHead || 'embeddings' in responseHead)
      return 0.95;
    return 'error' in responseHead ? 0.6 : 0.2;
  },

  request(json, { path }) {
    if (!isObject(json)) throw new Error('the request body is no JSON object');
    const method = paths.exec(path)?.[1] ?? 'chat';
    const embeds = method.startsWith('embed');
    const request: DecodedRequest = {
      model: wordOf(json.model) ?? null,
      params: without(json, ownFields[method] ?? new Set()),
      tools: objectsOf(json.tools).map(toolOffer),
      messages:
        method === 'chat' ? arrayOf(json.messages).map((message) => ollamaMessage(objectOf(message))) : prompts(json),
      stream: !embeds && json.stream !== false,
      // `context` is the conversation so far, as tokens.
      history_complete: arrayOf(json.context).length === 0,
      operation: embeds ? 'embeddings' : method === 'chat' ? 'chat' : 'completion',
    };
    return request;
  },

  response(body, subject) {
    return readResponse(body, subject, { json: ollamaAnswer, events: ollamaStream });
  },
};

const ownFields: Record<string, ReadonlySet<string>> = {
  chat: new Set(['model', 'messages', 'tools', 'stream']),
  generate: new Set(['model', 'prompt', 'system', 'images', 'context', 'stream']),
  embed: new Set(['model', 'input']),
  embeddings: new Set(['model', 'prompt']),
};

/** A request without messages or prompt only loads the model; it is Ollama's all the same. */
function hasInput(request: JsonObject, method: string): boolean {
  if (method === 'chat') return request.messages === undefined || Array.isArray(request.messages);
  return method === 'embed' ? 'input' in request : request.prompt === undefined || typeof request.prompt === 'string';
}

function prompts(json: JsonObject): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const system = wordOf(json.system);
  if (system !== undefined) messages.push({ role: 'system', parts: [{ type: 'text', text: system }] });
  const texts: Json[] = [json.prompt ?? json.input ?? ''].flat();
  for (const text of texts) {
    const parts: ChatMessage['parts'] = typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];
    if (messages.at(-1)?.role !== 'user') parts.push(...images(json.images));
    if (parts.length > 0) messages.push({ role: 'user', parts });
  }
  return messages;
}

function toolOffer(tool: JsonObject): ToolOffer {
  const definition = objectOf(tool.function);
  const description = textOf(definition.description);
  const { parameters } = definition;
  return {
    name: wordOf(definition.name) ?? '',
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined || parameters === null ? {} : { parameters }),
    kind: wordOf(tool.type) ?? 'function',
  };
}
