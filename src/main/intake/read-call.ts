import type { IntakeCall, Json } from '../../shared/model/index.js';

export type ApiDialect =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completions'
  | 'anthropic-messages'
  | 'gemini'
  | 'bedrock-converse';

/** Reads a call out of a vendor's bodies; the decode room does it, and this room is handed it. */
export type ReadCall = (
  dialect: ApiDialect,
  bodies: { request: Json | undefined; response: Json | undefined; status?: number | undefined },
) => IntakeCall;
