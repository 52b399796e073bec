import type { ChatMessage, IntakeCall, Json, Part, Role, ToolOffer, Usage } from '../../../shared/model/index.js';
import type { ReadMessages } from '../read-messages.js';
import type { Span } from './spans.js';
import { isObject, type JsonObject, listOf, objectsOf, textOf, unwrapped } from './values.js';

const roles = ['system', 'developer', 'user', 'assistant', 'tool'] as const satisfies Role[];

/** Other conventions and vendors name the same roles differently. */
export function roleOf(value: Json | undefined, otherwise: Role): Role {
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'model' || word === 'ai') return 'assistant';
  if (word === 'human') return 'user';
  if (word === 'function') return 'tool';
  return roles.find((role) => role === word) ?? otherwise;
}

/**
 * Messages of `gen_ai.input.messages` and `gen_ai.output.messages`, as structure or as JSON text. A message without
 * `parts` is in the form of a chat API, as some instrumentations write it.
 */
export function genaiMessages(value: Json | undefined, otherwise: Role, readMessages: ReadMessages): ChatMessage[] {
  const list = unwrapped(value);
  if (typeof list === 'string') return list === '' ? [] : [{ role: otherwise, parts: [{ type: 'text', text: list }] }];
  const messages = Array.isArray(list) ? list : isObject(list) ? [list] : [];
  return messages.flatMap((item): ChatMessage[] => {
    const message = unwrapped(item);
    if (!isObject(message)) return [];
    if (!Array.isArray(message.parts)) return chatMessages(message, otherwise, readMessages);
    const name = textOf(message.name);
    const role = roleOf(message.role, otherwise);
    return [{ role, ...(name === undefined ? {} : { name }), parts: genaiParts(message.parts) }];
  });
}

/** A message in the form of a chat API. */
export function chatMessages(message: JsonObject, otherwise: Role, readMessages: ReadMessages): ChatMessage[] {
  return readMessages('openai-chat', [{ ...message, role: roleOf(message.role, otherwise) }]);
}

export function genaiParts(value: Json | undefined): Part[] {
  const parts = unwrapped(value);
  if (typeof parts === 'string') return parts === '' ? [] : [{ type: 'text', text: parts }];
  return listOf(parts).flatMap((part): Part[] =>
    typeof part === 'string' ? [{ type: 'text', text: part }] : isObject(part) ? [genaiPart(part)] : [],
  );
}

function genaiPart(part: JsonObject): Part {
  const content = typeof part.content === 'string' ? part.content : typeof part.text === 'string' ? part.text : '';
  switch (part.type) {
    case 'text':
      return { type: 'text', text: content };
    case 'reasoning':
    case 'thinking':
      return { type: 'reasoning', text: content };
    case 'refusal':
      return { type: 'refusal', text: content };
    case 'tool_call':
      return toolCall(textOf(part.id) ?? null, part.name, part.arguments);
    case 'server_tool_call':
      return { ...toolCall(textOf(part.id) ?? null, part.name, part.server_tool_call ?? part.arguments), server: true };
    case 'tool_call_response':
    case 'server_tool_call_response': {
      const result = part.result ?? part.response ?? part.server_tool_call_response ?? null;
      return { type: 'tool_result', tool_call_id: textOf(part.id) ?? null, result };
    }
    case 'blob':
    case 'uri':
    case 'file': {
      const url = textOf(part.uri) ?? textOf(part.file_id);
      const media_type = textOf(part.mime_type);
      return {
        type: 'media',
        media: mediaOf(textOf(part.modality) ?? media_type),
        ...(media_type === undefined ? {} : { media_type }),
        ...(url === undefined ? {} : { url }),
        ...(part.type === 'blob' ? { bytes: Math.floor((content.length * 3) / 4) } : {}),
      };
    }
    default:
      return { type: 'other', label: textOf(part.type) ?? 'part', value: part };
  }
}

function mediaOf(name: string | undefined): 'image' | 'audio' | 'video' | 'file' {
  return (['image', 'audio', 'video'] as const).find((media) => name?.startsWith(media)) ?? 'file';
}

export function toolCall(id: string | null, name: Json | undefined, given: Json | undefined) {
  const args = given === undefined || given === '' ? {} : (parsedArguments(given) ?? {});
  return {
    type: 'tool_call' as const,
    id,
    name: typeof name === 'string' ? name : '',
    arguments: args,
    ...(typeof args === 'string' ? { invalid_json: true as const } : {}),
  };
}

/** Arguments are a JSON text with most vendors, whatever its value is. */
function parsedArguments(given: Json): Json {
  if (typeof given !== 'string') return given;
  return unwrapped(given) ?? given;
}

/** Tool definitions in the forms of the APIs and of the convention: `{function: {name}}`, `{name, input_schema}`. */
export function toolOffers(value: Json | undefined): ToolOffer[] {
  const tools = listOf(unwrapped(value)).map((tool) => unwrapped(tool) ?? null);
  return objectsOf(tools).flatMap((tool) => {
    const definition = isObject(tool.function) ? tool.function : tool;
    const name = textOf(definition.name) ?? textOf(tool.type);
    if (name === undefined) return [];
    const parameters = unwrapped(definition.parameters ?? definition.input_schema ?? definition.inputSchema);
    const description = textOf(definition.description);
    const kind = textOf(tool.type);
    return [
      {
        name,
        ...(description === undefined ? {} : { description }),
        ...(parameters === undefined || parameters === null ? {} : { parameters }),
        ...(kind === undefined ? {} : { kind }),
      },
    ];
  });
}

/** Undefined members are left out; null where nothing was counted. */
export function usageOf(counts: { [Name in keyof Usage]: number | undefined }): Usage | null {
  const counted = Object.entries(counts).filter(([, count]) => count !== undefined);
  return counted.length === 0 ? null : (Object.fromEntries(counted) as Usage);
}

/** What the error of a failed span is: its status, the exception it recorded, `error.type`. */
export function errorOf(span: Span): { code: string; message: string } | null {
  const type = textOf(span.attributes['error.type']);
  if (!span.failed && type === undefined) return null;
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes;
  const message = span.status_message || (textOf(exception?.['exception.message']) ?? '');
  return { code: type ?? textOf(exception?.['exception.type']) ?? 'error', message: message.slice(0, 10_000) };
}

/** A call of which only some fields were reported. */
export function callOf(
  span: Span,
  format: string,
  reported: {
    model?: string | undefined;
    params?: JsonObject;
    tools?: ToolOffer[];
    input: ChatMessage[];
    output: ChatMessage[];
    stream?: boolean | undefined;
    operation?: IntakeCall['request']['operation'];
    conversation?: string | undefined;
    previous_response_id?: string | undefined;
    response_id?: string | undefined;
    response_model?: string | undefined;
    stop_reason?: string | undefined;
    usage: Usage | null;
    /** Seconds. */
    first_chunk_s?: number | undefined;
    cost_usd?: number | undefined;
  },
): IntakeCall {
  const { input, previous_response_id, first_chunk_s, cost_usd } = reported;
  return {
    format,
    request: {
      model: reported.model ?? reported.response_model ?? null,
      params: reported.params ?? {},
      tools: reported.tools ?? [],
      messages: input,
      stream: reported.stream ?? first_chunk_s !== undefined,
      // Content is off by default: a call without its messages is no call without a history.
      history_complete: input.length > 0 && previous_response_id === undefined,
      ...(previous_response_id === undefined ? {} : { previous_response_id }),
      operation: reported.operation ?? 'chat',
    },
    response: {
      response_id: reported.response_id ?? null,
      model: reported.response_model ?? reported.model ?? null,
      messages: reported.output,
      stop_reason: reported.stop_reason ?? null,
      usage: reported.usage,
      error: errorOf(span),
      partial: false,
      first_content_event: null,
      unknown_events: {},
    },
    ...(first_chunk_s === undefined || first_chunk_s < 0 || first_chunk_s > 86_400
      ? {}
      : { first_token_at: span.started_at + Math.round(first_chunk_s * 1e6) }),
    ...(cost_usd === undefined ? {} : { cost_usd }),
  };
}
