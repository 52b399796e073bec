import type { ChatMessage, Json } from '../../shared/model/index.js';

export type MessageDialect = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** Reads a vendor's messages; the decode room does it, and this room is handed it. */
export type ReadMessages = (dialect: MessageDialect, messages: Json) => ChatMessage[];
