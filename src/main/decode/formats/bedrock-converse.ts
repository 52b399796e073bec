import type { ChatMessage, DecodedRequest, Json } from '../../../shared/model/index.js';
import { converseMessage, converseParts, converseTools } from './bedrock-converse-blocks.js';
import { converseStream, exceptionOf } from './bedrock-converse-stream.js';
import type { FormatResponse, WireFormat } from './format.js';
import { arrayOf, isObject, type JsonObject, objectOf, without, wordOf } from './json.js';
import { bedrockModel } from './model-path.js';
import { emptyResponse, readResponse } from './response.js';
import { unknownCounter } from './unknown.js';
import { bedrockUsage } from './usage.js';

const paths = /\/model\/[^/]+\/(converse|converse-stream)$/;

/** Amazon Bedrock's Converse and ConverseStream, one format for all of its models; the model stands in the URL. */
export const bedrockConverse: WireFormat<'bedrock-converse'> = {
  id: 'bedrock-converse',
  title: 'Bedrock Converse',

  matches({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !paths.test(path)) return 0;
    if (request === undefined) return exchange.request.body.kind === 'empty' ? 0 : 0.5;
    return isObject(request) ? 0.95 : 0;
  },

  request(json, { path }) {
    if (!isObject(json)) throw new Error('the request body is no JSON object');
    const tools = objectOf(json.toolConfig);
    const choice = tools.toolChoice;
    const request: DecodedRequest = {
      model: bedrockModel(path) ?? null,
      params: { ...without(json, ownFields), ...(choice === undefined ? {} : { toolChoice: choice }) },
      tools: converseTools(tools.tools),
      messages: [
        ...systemMessages(json.system),
        ...arrayOf(json.messages).map((message) => converseMessage(objectOf(message))),
      ],
      stream: path.endsWith('/converse-stream'),
      history_complete: true,
      operation: 'chat',
    };
    const hint = wordOf(objectOf(json.requestMetadata).session_id);
    if (hint !== undefined) request.session_hint = hint;
    return request;
  },

  response(body, subject) {
    return readResponse(body, subject, { json: wholeAnswer, events: (events) => converseStream(events) });
  },
};

const ownFields = new Set(['messages', 'system', 'toolConfig']);

function systemMessages(system: Json | undefined): ChatMessage[] {
  const parts = converseParts(system);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

function wholeAnswer(json: JsonObject): FormatResponse {
  const response = emptyResponse();
  const message = objectOf(objectOf(json.output).message);
  if (!Array.isArray(message.content)) {
    const failed = wordOf(json.message) ?? wordOf(json.Message);
    if (failed === undefined) throw new Error('the response is JSON, but no message');
    return { ...response, error: exceptionOf(wordOf(json.__type) ?? '', json) };
  }
  const unknown = unknownCounter();
  return {
    ...response,
    messages: [{ role: 'assistant', parts: converseParts(message.content, (key) => unknown.add(key)) }],
    stop_reason: wordOf(json.stopReason) ?? null,
    usage: bedrockUsage(json.usage),
    unknown_events: unknown.counts(),
  };
}
