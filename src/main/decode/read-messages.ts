import type { ChatMessage, Json } from '../../shared/model/index.js';
import { chatMessage as anthropicMessage } from './formats/anthropic-messages.js';
import { contentMessages } from './formats/gemini-parts.js';
import { isObject, type JsonObject } from './formats/json.js';
import { chatMessage as openaiMessage } from './formats/openai-chat-message.js';
import { inputMessages } from './formats/openai-responses-input.js';

export type MessageDialect = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** A message that is only its words. */
const spoken = (text: string): ChatMessage => ({ role: 'user', parts: [{ type: 'text', text }] });

const readers: Record<MessageDialect, (messages: Json) => ChatMessage[]> = {
  'openai-chat': (messages) => each(messages, (message) => openaiMessage(message, 'user')),
  'openai-responses': (messages) => inputMessages(isObject(messages) ? [messages] : messages).messages,
  'anthropic-messages': (messages) => each(messages, anthropicMessage),
  gemini: contentMessages,
};

/**
 * Messages that stand in a vendor's own form (a request's history, an answer's items) as they are read from its wire
 * format. A single message or a bare text counts as a list of one; what is no message is left out.
 */
export function readMessages(dialect: MessageDialect, messages: Json): ChatMessage[] {
  if (typeof messages === 'string') return messages === '' ? [] : [spoken(messages)];
  if (typeof messages !== 'object' || messages === null) return [];
  return readers[dialect](messages);
}

function each(messages: Json, read: (message: JsonObject) => ChatMessage): ChatMessage[] {
  const list = Array.isArray(messages) ? messages : [messages];
  return list.flatMap((message) => {
    if (typeof message === 'string') return message === '' ? [] : [spoken(message)];
    return isObject(message) ? [read(message)] : [];
  });
}
