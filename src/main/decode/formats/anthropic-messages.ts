import type { ChatMessage, DecodedRequest, Json, ToolOffer } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { header } from '../content/headers.js';
import { blockParts } from './anthropic-messages-blocks.js';
import { messagesStream } from './anthropic-messages-stream.js';
import { wholeMessage } from './anthropic-messages-whole.js';
import { other } from './content-parts.js';
import type { WireFormat } from './format.js';
import { arrayOf, isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { bedrockModel, vertexModel } from './model-path.js';
import { readResponse } from './response.js';

/** Anthropic Messages, streamed or not, and the counting of their tokens. */
export const anthropicMessages: WireFormat<'anthropic-messages'> = {
  id: 'anthropic-messages',
  title: 'Anthropic Messages',

  matches(subject) {
    const { exchange, path, request } = subject;
    if (exchange.method !== 'POST') return 0;
    const named = path.endsWith('/messages') || path.endsWith('/messages/count_tokens');
    if (request === undefined) {
      if (!named || exchange.request.body.kind === 'empty') return 0;
      return header(exchange.request.headers, 'anthropic-version') === undefined ? 0 : 0.5;
    }
    if (!isObject(request) || !Array.isArray(request.messages)) return 0;
    if (named) {
      const typical = typeof request.model === 'string' || typeof request.max_tokens === 'number';
      return typical || 'anthropic_version' in request ? 0.9 : 0.2;
    }
    if ('anthropic_version' in request) return 0.7;
    const { responseHead } = subject;
    if (!isObject(responseHead)) return 0;
    const { type } = responseHead;
    return type === 'message_start' || (type === 'message' && 'content' in responseHead) ? 0.7 : 0;
  },

  request(json, { path }) {
    if (!isObject(json) || !Array.isArray(json.messages)) throw new Error('the request body is no JSON with messages');
    const thread = objectOf(json.thread);
    const previous = wordOf(thread.previous_message_id);
    const continues = thread.type === 'continue' || previous !== undefined;
    const request: DecodedRequest = {
      model: wordOf(json.model) ?? bedrockModel(path) ?? vertexModel(path) ?? null,
      params: without(json, ownFields),
      tools: objectsOf(json.tools).map(toolOffer),
      messages: [
        ...systemMessages(json.system),
        ...arrayOf(json.messages).map((message) => chatMessage(objectOf(message))),
      ],
      stream: json.stream === true || streamedPath.test(path),
      history_complete: !continues,
      operation: path.endsWith('/count_tokens') || path.endsWith('/count-tokens:rawPredict') ? 'count_tokens' : 'chat',
    };
    if (previous !== undefined) request.previous_response_id = previous;
    const hint = sessionHint(textOf(objectOf(json.metadata).user_id));
    if (hint !== undefined) request.session_hint = hint;
    return request;
  },

  response(body, subject) {
    return readResponse(body, subject, { json: wholeMessage, events: (events) => messagesStream(events) });
  },
};

/** Bedrock and Vertex say it in the URL. */
const streamedPath = /(?::streamRawPredict|\/invoke-with-response-stream)$/;
const ownFields = new Set(['model', 'messages', 'system', 'tools', 'stream', 'thread']);

function systemMessages(system: Json | undefined): ChatMessage[] {
  const parts = contentParts(system);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** One message of a request. */
export function chatMessage(message: JsonObject): ChatMessage {
  const role = textOf(message.role);
  return {
    role: role === 'assistant' || role === 'system' ? role : 'user',
    parts: contentParts(message.content),
  };
}

function contentParts(content: Json | undefined): ChatMessage['parts'] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return arrayOf(content).flatMap((block) => {
    if (typeof block === 'string') return [{ type: 'text' as const, text: block }];
    return isObject(block) ? blockParts(block) : [other('content', block)];
  });
}

/** Claude Code names its session in `metadata.user_id`: `…_session_<uuid>`, or JSON with `session_id`. */
function sessionHint(userId: string | undefined): string | undefined {
  if (userId === undefined || userId.length > 4096) return undefined;
  const named = /(?:^|_)session_([0-9A-Za-z][0-9A-Za-z-]{7,63})/.exec(userId)?.[1];
  if (named !== undefined) return named;
  return userId.startsWith('{') ? wordOf(objectOf(parseJson(userId)).session_id) : undefined;
}

function toolOffer(tool: JsonObject): ToolOffer {
  const kind = wordOf(tool.type);
  const description = wordOf(tool.description);
  const { input_schema: parameters } = tool;
  return {
    name: wordOf(tool.name) ?? wordOf(tool.mcp_server_name) ?? kind ?? '',
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined || parameters === null ? {} : { parameters }),
    // Tools that the caller defines are `custom` or have no type.
    kind: kind === undefined || kind === 'custom' ? 'function' : kind,
  };
}
