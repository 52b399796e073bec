import type { ChatMessage, DecodedRequest, Json, Part, StreamEvent, Usage } from '../../../shared/model/index.js';
import { header } from '../content/headers.js';
import { converseMessage, converseParts, converseTools } from './bedrock-converse-blocks.js';
import { converseStream } from './bedrock-converse-stream.js';
import { invokeAnswer, invokeUsage, isEmbedding } from './bedrock-invoke-answers.js';
import { other } from './content-parts.js';
import type { FormatResponse, Subject, WireFormat } from './format.js';
import { countOf, isObject, type JsonObject, objectOf, objectsOf, without, wordOf } from './json.js';
import { bedrockModel } from './model-path.js';
import { chatMessage } from './openai-chat-message.js';
import { emptyResponse, eventObject, readResponse } from './response.js';
import { unknownCounter } from './unknown.js';
import { bedrockUsage } from './usage.js';

const paths = /\/model\/[^/]+\/(invoke|invoke-with-response-stream)$/;

/**
 * Amazon Bedrock's InvokeModel, where every model family has a body of its own: Nova, Titan, Llama, Cohere, AI21, Mistral,
 * DeepSeek, and embeddings. Claude's is Anthropic's format, others' that of OpenAI. Told by the path alone, so that an
 * answer of a family that is not known counts as a model call that was not read.
 */
export const bedrockInvoke: WireFormat<'bedrock-invoke'> = {
  id: 'bedrock-invoke',
  title: 'Bedrock InvokeModel',

  matches({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !paths.test(path)) return 0;
    if (request === undefined) return exchange.request.body.kind === 'empty' ? 0 : 0.5;
    // Less than the formats that know the body.
    return isObject(request) && !('anthropic_version' in request) ? 0.55 : 0;
  },

  request(json, { path }) {
    if (!isObject(json)) throw new Error('the request body is no JSON object');
    const model = bedrockModel(path) ?? null;
    const embeds = model?.includes('embed') === true;
    const request: DecodedRequest = {
      model,
      params: without(json, ownFields),
      tools: converseTools(objectOf(json.toolConfig).tools),
      messages: [...systemMessages(json), ...inputMessages(json)],
      stream: path.endsWith('-stream'),
      history_complete: true,
      operation: embeds ? 'embeddings' : Array.isArray(json.messages) || 'message' in json ? 'chat' : 'completion',
    };
    return request;
  },

  response(body, subject) {
    return readResponse(body, subject, {
      json: (json) => whole(json, subject),
      events: (events) => streamed(events),
    });
  },
};

const ownFields = new Set([
  'messages',
  'system',
  'toolConfig',
  'inputText',
  'prompt',
  'texts',
  'message',
  'chat_history',
  'preamble',
]);

function systemMessages({ system, preamble }: JsonObject): ChatMessage[] {
  const parts = typeof system === 'string' ? textParts(system) : converseParts(system);
  const text = parts.length > 0 ? parts : textParts(preamble);
  return text.length === 0 ? [] : [{ role: 'system', parts: text }];
}

function textParts(text: Json | undefined): Part[] {
  return typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];
}

/** What the model was given: messages, a message behind its history (Cohere), a prompt, or texts to embed. */
function inputMessages(json: JsonObject): ChatMessage[] {
  if (Array.isArray(json.messages)) {
    return objectsOf(json.messages).map((message) =>
      isKeyed(message.content) ? converseMessage(message) : chatMessage(message, 'user'),
    );
  }
  if (typeof json.message === 'string') {
    const history = objectsOf(json.chat_history).map(
      (turn): ChatMessage => ({ role: historyRole(turn.role), parts: textParts(turn.message) }),
    );
    return [...history, { role: 'user', parts: textParts(json.message) }];
  }
  const embedded = objectOf(objectOf(json.singleEmbeddingParams).text).value;
  const input = json.inputText ?? json.prompt ?? json.texts ?? json.inputs ?? embedded;
  if (input === undefined) return [];
  return (Array.isArray(input) ? input : [input]).map((item) => ({
    role: 'user',
    parts: typeof item === 'string' ? [{ type: 'text', text: item }] : [other('input', item)],
  }));
}

function historyRole(role: Json | undefined): ChatMessage['role'] {
  if (role === 'CHATBOT') return 'assistant';
  return role === 'SYSTEM' ? 'system' : 'user';
}

/** Nova's content blocks are objects with one key, which says what they are; those of others have a type. */
function isKeyed(content: Json | undefined): boolean {
  return objectsOf(content).some((block) => !('type' in block));
}

function whole(json: JsonObject, { exchange }: Subject): FormatResponse {
  const count = (name: string) => countOf(Number(header(exchange.response?.headers ?? [], name) ?? Number.NaN));
  const counted = bedrockUsage({
    inputTokens: count('x-amzn-bedrock-input-token-count') ?? null,
    outputTokens: count('x-amzn-bedrock-output-token-count') ?? null,
  });
  const message = objectOf(objectOf(json.output).message);
  if (Array.isArray(message.content)) {
    const unknown = unknownCounter();
    const parts = converseParts(message.content, (key) => unknown.add(key));
    return {
      ...emptyResponse(),
      messages: [{ role: 'assistant', parts }],
      stop_reason: wordOf(json.stopReason) ?? null,
      usage: bedrockUsage(json.usage) ?? counted,
      unknown_events: unknown.counts(),
    };
  }
  const answer = invokeAnswer(json);
  if (answer === null && !isEmbedding(json)) throw new Error('the answer is of no model family that is known');
  return {
    ...emptyResponse(),
    response_id: answer?.id ?? null,
    messages: answer === null ? [] : [{ role: 'assistant', parts: [...textParts(answer.text), ...answer.calls] }],
    stop_reason: answer?.finish ?? null,
    usage: invokeUsage(json) ?? counted,
  };
}

function streamed(events: StreamEvent[]): FormatResponse {
  const chunks = events.map(eventObject);
  if (chunks.some((chunk) => chunk !== undefined && ('messageStart' in chunk || 'contentBlockDelta' in chunk)))
    return novaStream(events);
  const response = emptyResponse();
  const unknown = unknownCounter();
  const calls: Part[] = [];
  let usage: Usage | null = null;
  let text = '';
  chunks.forEach((chunk, position) => {
    if (chunk === undefined) return;
    const answer = invokeAnswer(chunk);
    usage = invokeUsage(chunk) ?? usage;
    if (answer === null) {
      if (!metricsOnly(chunk)) unknown.add(wordOf(chunk.event_type) ?? 'chunk without text');
      return;
    }
    response.response_id = answer.id ?? response.response_id;
    response.stop_reason = answer.finish ?? response.stop_reason;
    // What closes Cohere's stream repeats the whole answer.
    if (chunk.event_type !== 'stream-end') text += answer.text;
    for (const call of answer.calls) calls.push(call);
    if (response.first_content_event === null && (answer.text !== '' || answer.calls.length > 0))
      response.first_content_event = position;
  });
  return {
    ...response,
    messages: [{ role: 'assistant', parts: [...textParts(text), ...calls] }],
    usage,
    partial: response.stop_reason === null,
    unknown_events: unknown.counts(),
  };
}

const metrics = 'amazon-bedrock-invocationMetrics';

function metricsOnly(chunk: JsonObject): boolean {
  return Object.keys(chunk).every((key) => key === metrics);
}

/** Nova's chunks are ConverseStream's events, each below its name. */
function novaStream(events: StreamEvent[]): FormatResponse {
  return converseStream(
    events.map((event) => {
      const chunk = eventObject(event);
      const name = chunk === undefined ? undefined : Object.keys(chunk).find((key) => key !== metrics);
      return chunk === undefined || name === undefined
        ? event
        : { ...event, event: name, data: JSON.stringify(chunk[name] ?? {}) };
    }),
  );
}
