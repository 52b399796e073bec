import type { Body, DecodedRequest, IntakeCall, Json, RedactedExchange } from '../../shared/model/index.js';
import { anthropicMessages } from './formats/anthropic-messages.js';
import { bedrockConverse } from './formats/bedrock-converse.js';
import type { Subject, WireFormat } from './formats/format.js';
import { gemini } from './formats/gemini.js';
import { isObject } from './formats/json.js';
import { openaiChat } from './formats/openai-chat.js';
import { openaiCompletions } from './formats/openai-completions.js';
import { openaiResponses } from './formats/openai-responses.js';
import { costOf } from './pricing.js';

type ApiDialect =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completions'
  | 'anthropic-messages'
  | 'gemini'
  | 'bedrock-converse';

/** The bodies of one call as they went over the wire; either may be missing. */
interface ApiBodies {
  request: Json | undefined;
  response: Json | undefined;
  /** Of the answer, where it is known. */
  status?: number | undefined;
}

/** Each API's format, and the address under which it is spoken. */
const apis: Record<ApiDialect, { format: WireFormat; path: string }> = {
  'openai-chat': { format: openaiChat, path: '/v1/chat/completions' },
  'openai-responses': { format: openaiResponses, path: '/v1/responses' },
  'openai-completions': { format: openaiCompletions, path: '/v1/completions' },
  'anthropic-messages': { format: anthropicMessages, path: '/v1/messages' },
  gemini: { format: gemini, path: '/v1beta/models:generateContent' },
  'bedrock-converse': { format: bedrockConverse, path: '/converse' },
};

/**
 * A call out of bodies that stand in a file, read as they are read from the wire. Without the request nothing is known of what
 * was asked: the history is not complete then. Throws where a body is not what the API speaks.
 */
export function readCall(dialect: ApiDialect, { request, response, status = 200 }: ApiBodies): IntakeCall {
  const { format, path } = apis[dialect];
  const subject = subjectFor(path, request, response, status);
  const asked = request === undefined ? unasked(dialect, response, subject) : format.request(request, subject);
  if (response === undefined) return { format: dialect, request: asked, response: null };
  const { service_tier: tier, ...answered } = format.response(bodyOf(response), subject);
  const cost_usd = costOf(answered.model ?? asked.model, answered.usage, tier);
  return { format: dialect, request: asked, response: answered, ...(cost_usd === null ? {} : { cost_usd }) };
}

/** The request behind an answer that came alone: an answer of OpenAI's Responses repeats everything of it but what was said. */
function unasked(dialect: ApiDialect, response: Json | undefined, subject: Subject): DecodedRequest {
  const nothing: DecodedRequest = {
    model: null,
    params: {},
    tools: [],
    messages: [],
    stream: false,
    history_complete: false,
    operation: 'chat',
  };
  if (dialect !== 'openai-responses' || !isObject(response)) return nothing;
  const { instructions, model, tools, tool_choice, previous_response_id } = response;
  const repeated = { instructions, model, tools, tool_choice, previous_response_id };
  const presentFields = Object.entries(repeated).filter(([, value]) => value !== undefined && value !== null);
  const request = openaiResponses.request({ ...Object.fromEntries(presentFields), input: [] } as never, subject);
  return { ...request, history_complete: false };
}

function bodyOf(value: Json): Body {
  return { kind: 'json', text: JSON.stringify(value) };
}

/** What formats look at of an exchange. */
function subjectFor(path: string, request: Json | undefined, response: Json | undefined, status: number): Subject {
  const message = { http_version: '1.1', headers: [], trailers: [], bytes: 0, truncated: false };
  const exchange = {
    kind: 'http',
    method: 'POST',
    url: path,
    state: 'complete',
    request: { ...message, body: request === undefined ? { kind: 'empty' } : bodyOf(request) },
    ...(response === undefined ? {} : { response: { ...message, body: bodyOf(response), status } }),
  } as unknown as RedactedExchange;
  return { exchange, path, request, responseJson: response, responseHead: response };
}
