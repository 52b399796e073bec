import type { ChatMessage, IntakeCall, Json, ToolOffer, Usage } from '../../../shared/model/index.js';
import type { MessageDialect, ReadMessages } from '../read-messages.js';

type Fields = { [name: string]: Json };

/**
 * A model call out of a payload `{request, response}` with the bodies as the vendor's API has them, or with the fields of
 * both side by side: also `{model, text}`, an answer of which the question was not sent. Null where there is nothing to read.
 */
export function modelCall(payload: Fields, readMessages: ReadMessages): IntakeCall | null {
  const request = isFields(payload.request) ? payload.request : payload;
  const sent = payload.response ?? payload.completion ?? (Array.isArray(payload.choices) ? payload : payload.text);
  const answer = sent ?? null;
  const response: Fields = isFields(answer) ? answer : typeof answer === 'string' ? payload : {};
  const dialect = dialectOf(request, response);
  const { messages, input, contents, prompt, system, tools, model, stream, ...params } = request;
  const history = messages ?? input ?? contents ?? prompt ?? (answer === null ? undefined : []);
  if (history === undefined) return null;
  const asked = typeof history === 'string' || (Array.isArray(history) && history.length > 0);
  try {
    const spoken = readMessages(dialect, typeof history === 'string' ? [{ role: 'user', content: history }] : history);
    const instructions = system === undefined ? [] : readMessages('openai-chat', [{ role: 'system', content: system }]);
    return {
      format: dialect,
      request: {
        model: text(model),
        params: request === payload ? picked(params) : params,
        tools: Array.isArray(tools) ? tools.flatMap(offers) : [],
        messages: [...instructions, ...spoken],
        stream: stream === true,
        history_complete: asked && typeof request.previous_response_id !== 'string',
        ...(typeof request.previous_response_id === 'string'
          ? { previous_response_id: request.previous_response_id }
          : {}),
        operation: 'chat',
      },
      response:
        answer === null && payload.error === undefined
          ? null
          : {
              response_id: text(response.id ?? response.responseId),
              model: text(response.model ?? response.modelVersion ?? model),
              messages: answered(answer, dialect, readMessages),
              stop_reason: stopReason(response),
              usage: usageOf(response.usage ?? response.usageMetadata ?? payload.usage),
              error: errorOf(response.error ?? payload.error),
              partial: false,
              first_content_event: null,
              unknown_events: {},
            },
    };
  } catch {
    // Messages in no form that is known: the caller keeps the payload as it is.
    return null;
  }
}

function dialectOf(request: Fields, response: Fields): MessageDialect {
  if (Array.isArray(request.contents) || Array.isArray(response.candidates)) return 'gemini';
  if (Array.isArray(response.output) || (request.messages === undefined && request.input !== undefined)) {
    return 'openai-responses';
  }
  return response.type === 'message' && Array.isArray(response.content) ? 'anthropic-messages' : 'openai-chat';
}

function answered(answer: Json, dialect: MessageDialect, readMessages: ReadMessages): ChatMessage[] {
  if (typeof answer === 'string') return [{ role: 'assistant', parts: [{ type: 'text', text: answer }] }];
  if (!isFields(answer)) return [];
  const list = (value: Json | undefined) => (Array.isArray(value) ? value : []);
  switch (dialect) {
    case 'openai-chat': {
      const choices = list(answer.choices).flatMap((choice) => (isFields(choice) ? [messageOf(choice)] : []));
      const messages = choices.length > 0 ? choices : [answer.message ?? answer];
      return readMessages(
        dialect,
        messages.filter((message) => isFields(message)),
      );
    }
    case 'anthropic-messages':
      return readMessages(dialect, [{ role: 'assistant', content: answer.content ?? [] }]);
    case 'openai-responses':
      return readMessages(dialect, list(answer.output));
    case 'gemini': {
      const contents = list(answer.candidates).flatMap((each) => (isFields(each) ? [each.content ?? null] : []));
      return readMessages(
        dialect,
        contents.filter((content) => isFields(content)),
      );
    }
  }
}

/** What a choice says: a message, or text alone. */
function messageOf({ message, text: content }: Fields): Json {
  return message ?? (typeof content === 'string' ? { role: 'assistant', content } : null);
}

function stopReason(response: Fields): string | null {
  const first = (Array.isArray(response.choices) ? response.choices : (response.candidates as Json[] | undefined))?.[0];
  const ofFirst = isFields(first) ? (first.finish_reason ?? first.finishReason) : undefined;
  return text(ofFirst ?? response.stop_reason ?? response.finish_reason ?? response.status);
}

const usageNames: { [field in keyof Usage]: string[] } = {
  input_tokens: ['input_tokens', 'prompt_tokens', 'promptTokenCount'],
  output_tokens: ['output_tokens', 'completion_tokens', 'candidatesTokenCount'],
};

function usageOf(value: Json | undefined): Usage | null {
  if (!isFields(value)) return null;
  const usage: Usage = {};
  for (const [field, names] of Object.entries(usageNames)) {
    const amount = names.map((name) => value[name]).find((each) => typeof each === 'number');
    if (typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0) usage[field as keyof Usage] = amount;
  }
  const details = value.prompt_tokens_details ?? value.input_tokens_details;
  const cached = isFields(details) ? details.cached_tokens : undefined;
  if (typeof cached === 'number' && Number.isSafeInteger(cached)) usage.cached_input_tokens = cached;
  return Object.keys(usage).length === 0 ? null : usage;
}

function errorOf(value: Json | undefined): { code: string; message: string; details?: Json } | null {
  if (value === undefined || value === null) return null;
  if (!isFields(value)) return { code: 'error', message: String(value) };
  return { code: text(value.code) ?? text(value.type) ?? 'error', message: text(value.message) ?? '', details: value };
}

function offers(tool: Json): ToolOffer[] {
  if (!isFields(tool)) return [];
  const described = isFields(tool.function) ? tool.function : tool;
  const name = text(described.name);
  if (name === null) return [];
  const parameters = described.parameters ?? described.input_schema;
  return [
    {
      name,
      ...(typeof described.description === 'string' ? { description: described.description } : {}),
      ...(parameters === undefined ? {} : { parameters }),
    },
  ];
}

/** Of a payload that is no request body, only what is a model's parameter. */
function picked(fields: Fields): Fields {
  const names = ['temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'tool_choice', 'seed', 'stop'];
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
