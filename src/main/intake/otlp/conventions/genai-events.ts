import type { ChatMessage, Json, Role } from '../../../../shared/model/index.js';
import { answeredConversation, sentConversation } from '../../messages/conversation.js';
import { messageOf } from '../../messages/message.js';
import type { ReadMessages } from '../../read-messages.js';
import type { Span } from '../spans.js';
import { isObject, type JsonObject, objectsOf, textOf, unwrapped } from '../values.js';

/** Events that carry one message of the request each (until v1.36). */
const roles: { [event: string]: Role } = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
};

/** Messages of a call that stand in the events of its span, in the order of the events. */
export function eventMessages(
  span: Span,
  readMessages: ReadMessages,
): { input: ChatMessage[]; output: ChatMessage[]; stop_reason?: string } {
  const input: ChatMessage[] = [];
  const output: ChatMessage[] = [];
  let stop_reason: string | undefined;
  for (const event of [...span.events, ...listedEvents(span)]) {
    const role = roles[event.name];
    const body = bodyOf(event.attributes);
    if (role !== undefined) input.push(...(messageOf(plain(body, role), role, readMessages) ?? []));
    else if (event.name === 'gen_ai.choice') {
      const message = unwrapped(body.message ?? body['gen_ai.choice.message']);
      output.push(
        ...(messageOf(
          plain(isObject(message) ? message : { ...body, content: message ?? body.content ?? null }, 'assistant'),
          'assistant',
          readMessages,
        ) ?? []),
      );
      stop_reason ??= textOf(body.finish_reason);
    } else if (event.name === 'gen_ai.content.prompt') {
      input.push(...sentConversation(event.attributes['gen_ai.prompt'], readMessages).messages);
    } else if (event.name === 'gen_ai.content.completion') {
      output.push(...answeredConversation(event.attributes['gen_ai.completion'], readMessages).messages);
    }
  }
  return { input, output, ...(stop_reason === undefined ? {} : { stop_reason }) };
}

/** pydantic-ai lists the events in one attribute of the span. */
function listedEvents({ attributes }: Span): { name: string; attributes: JsonObject }[] {
  return objectsOf(unwrapped(attributes.events)).map((event) => ({
    name: textOf(event['event.name']) ?? '',
    attributes: event,
  }));
}

/** The event's fields: as attributes, or as one JSON text of all of them. */
function bodyOf(attributes: JsonObject): JsonObject {
  const whole = unwrapped(attributes['gen_ai.event.content'] ?? attributes['event.body'] ?? attributes.body);
  return isObject(whole) ? whole : attributes;
}

/** The message as a chat API has it: attributes hold its lists as JSON text. */
function plain(body: JsonObject, role: Role): JsonObject {
  const calls = unwrapped(body.tool_calls);
  const id = body.tool_call_id ?? body.id;
  return {
    role: body.role ?? role,
    content: contentOf(body.content),
    ...(Array.isArray(calls) ? { tool_calls: calls.map((call) => unwrapped(call) ?? null) } : {}),
    ...(role === 'tool' && typeof id === 'string' ? { tool_call_id: id } : {}),
    ...(typeof body.name === 'string' ? { name: body.name } : {}),
  };
}

function contentOf(content: Json | undefined): Json {
  const list = unwrapped(content);
  const isParts = Array.isArray(list) && list.every((part) => isObject(part) && typeof part.type === 'string');
  return isParts
    ? (list as Json)
    : typeof content === 'string' || content === undefined
      ? (content ?? null)
      : JSON.stringify(content);
}
