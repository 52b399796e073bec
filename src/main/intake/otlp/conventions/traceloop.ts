import type { ChatMessage, Json, Role, ToolOffer } from '../../../../shared/model/index.js';
import { messageOf } from '../../messages/message.js';
import { toolOffers } from '../../messages/tool-offers.js';
import type { ReadMessages } from '../../read-messages.js';
import { isObject, type JsonObject, numbered, present, textOf, tree, unwrapped } from '../values.js';

/** OpenLLMetry's messages, one attribute a field: `gen_ai.prompt.0.content`, `gen_ai.completion.0.tool_calls.0.name`. */
export function flatMessages(
  attributes: JsonObject,
  readMessages: ReadMessages,
): { input: ChatMessage[]; output: ChatMessage[]; stop_reason?: string } | null {
  const sent = numbered(tree(attributes, 'gen_ai.prompt.')).filter(isObject);
  const answers = numbered(tree(attributes, 'gen_ai.completion.')).filter(isObject);
  if (sent.length === 0 && answers.length === 0) return null;
  const stop_reason = answers.map(({ finish_reason }) => textOf(finish_reason)).find((reason) => reason !== undefined);
  return {
    input: sent.flatMap((message) => messageOf(plain(message, 'user'), 'user', readMessages) ?? []),
    output: answers.flatMap((message) => messageOf(plain(message, 'assistant'), 'assistant', readMessages) ?? []),
    ...(stop_reason === undefined ? {} : { stop_reason }),
  };
}

export function flatTools(attributes: JsonObject): ToolOffer[] {
  return toolOffers(numbered(tree(attributes, 'llm.request.functions.')));
}

function plain(message: JsonObject, otherwise: Role): JsonObject {
  const calls = numbered(message.tool_calls)
    .filter(isObject)
    .map((call) =>
      present({ id: call.id, type: 'function', function: present({ name: call.name, arguments: call.arguments }) }),
    );
  return present({
    role: message.role ?? otherwise,
    content: contentOf(message.content),
    tool_call_id: message.tool_call_id,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  });
}

/** A list of content parts is written as its JSON text. */
function contentOf(content: Json | undefined): Json | undefined {
  const list = unwrapped(content);
  const isParts = Array.isArray(list) && list.every((part) => isObject(part) && typeof part.type === 'string');
  return isParts ? list : content;
}
