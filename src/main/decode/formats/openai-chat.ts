import type { ChatMessage, DecodedRequest, Json, ToolOffer } from '../../../shared/model/index.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse, WireFormat } from './format.js';
import { arrayOf, isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { azureDeployment, bedrockModel } from './model-path.js';
import { chatMessage } from './openai-chat-message.js';
import { chatStream } from './openai-chat-stream.js';
import { emptyResponse, readResponse } from './response.js';
import { unknownCounter } from './unknown.js';
import { openaiUsage } from './usage.js';

/** OpenAI Chat Completions and the many servers that look like it. */
export const openaiChat: WireFormat<'openai-chat'> = {
  id: 'openai-chat',
  title: 'OpenAI Chat Completions',

  matches(subject) {
    const { exchange, path, request } = subject;
    if (exchange.method !== 'POST') return 0;
    if (path.endsWith('/chat/completions')) {
      if (request === undefined) return exchange.request.body.kind === 'empty' ? 0 : 0.5;
      return isObject(request) && Array.isArray(request.messages) ? 0.95 : 0;
    }
    if (!isObject(request) || !Array.isArray(request.messages)) return 0;
    const { responseHead } = subject;
    if (!isObject(responseHead)) return 0;
    const { object, choices } = responseHead;
    if (object === 'chat.completion' || object === 'chat.completion.chunk') return 0.8;
    return objectsOf(choices).some((choice) => isObject(choice.message) || isObject(choice.delta)) ? 0.6 : 0;
  },

  request(json, { path }) {
    if (!isObject(json) || !Array.isArray(json.messages)) throw new Error('the request body is no JSON with messages');
    const request: DecodedRequest = {
      model: wordOf(json.model) ?? azureDeployment(path) ?? bedrockModel(path) ?? null,
      params: without(json, ownFields),
      tools: [...objectsOf(json.tools).map(toolOffer), ...objectsOf(json.functions).map(functionOffer)],
      messages: arrayOf(json.messages).map((message) => chatMessage(objectOf(message), 'user')),
      stream: json.stream === true,
      history_complete: true,
      operation: 'chat',
    };
    const hint = wordOf(json.session_id) ?? wordOf(objectOf(json.metadata).session_id);
    if (hint !== undefined) request.session_hint = hint;
    return request;
  },

  response(body, subject) {
    return readResponse(body, subject, {
      json: completion,
      events: (events, complete) => chatStream(events, complete),
    });
  },
};

const ownFields = new Set(['model', 'messages', 'tools', 'functions', 'stream']);

function completion(json: JsonObject): FormatResponse {
  const unknown = unknownCounter();
  const choices = objectsOf(json.choices).sort((a, b) => Number(a.index ?? 0) - Number(b.index ?? 0));
  const messages: ChatMessage[] = choices.map((choice) =>
    chatMessage(objectOf(choice.message), 'assistant', (field) => unknown.add(`message.${field}`)),
  );
  const response: FormatResponse = {
    ...emptyResponse(),
    response_id: wordOf(json.id) ?? null,
    model: wordOf(json.model) ?? null,
    messages,
    stop_reason: wordOf(choices[0]?.finish_reason) ?? wordOf(choices[0]?.stop_reason) ?? null,
    usage: openaiUsage(json.usage ?? objectOf(json.x_groq).usage),
    unknown_events: unknown.counts(),
  };
  const error = json.error ?? choices.find((choice) => isObject(choice.error))?.error;
  if (isObject(error) || typeof error === 'string') response.error = errorOf(error, 'error');
  const tier = textOf(json.service_tier);
  return tier === undefined ? response : { ...response, service_tier: tier };
}

function toolOffer(tool: JsonObject): ToolOffer {
  const kind = wordOf(tool.type) ?? 'function';
  const definition = objectOf(tool.function ?? tool[kind]);
  return offer(wordOf(definition.name) ?? wordOf(tool.name) ?? kind, definition, kind);
}

function functionOffer(definition: JsonObject): ToolOffer {
  return offer(wordOf(definition.name) ?? '', definition, 'function');
}

function offer(name: string, definition: JsonObject, kind: string): ToolOffer {
  const description = wordOf(definition.description);
  const parameters: Json | undefined = definition.parameters ?? definition.format;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    kind,
  };
}
