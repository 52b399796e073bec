import { SluiceError } from '../../../shared/errors.js';
import type { Json } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';

type JsonObject = { [name: string]: Json };

/** A row as a chat template is given it. */
export interface Conversation {
  messages: JsonObject[];
  tools: Json | null;
  /** Where the expected output begins; null: every turn of the assistant is expected. */
  from: number | null;
  /** By message: false where the row says that it is not trained on. */
  trained: readonly boolean[];
  variables: JsonObject;
}

export const rowSides = ['chosen', 'rejected'] as const;
export type RowSide = (typeof rowSides)[number];

/**
 * The conversation that a row holds: `messages`, `prompt` and `completion`, `prompt` with `chosen` and `rejected`, or ShareGPT's
 * `conversations`. Throws `row_unreadable`.
 */
export function conversationOf(row: Json, side: RowSide = 'chosen'): Conversation {
  if (!isObject(row)) throw unreadable('it is no object');
  const { list, from } = messagesOf(row, side);
  const messages = list.map(plainMessage);
  return {
    messages,
    tools: toolsOf(row.tools),
    from,
    trained: list.map((message) => isTrained(message)),
    variables: isObject(row.chat_template_kwargs) ? row.chat_template_kwargs : {},
  };
}

function messagesOf(row: JsonObject, side: RowSide): { list: JsonObject[]; from: number | null } {
  if (Array.isArray(row.messages)) {
    const answer = side === 'rejected' ? row.rejected_messages : undefined;
    return { list: objects(answer ?? row.messages, 'messages'), from: null };
  }
  if (Array.isArray(row.conversations)) return { list: objects(row.conversations, 'conversations'), from: null };
  const answer = row.completion ?? row[side] ?? row[`${side}_messages`];
  if (answer === undefined) throw unreadable('it has none of messages, conversations, completion, chosen and rejected');
  const prompt = asMessages(row.prompt ?? [], 'user', 'prompt');
  return { list: [...prompt, ...asMessages(answer, 'assistant', 'the answer')], from: prompt.length };
}

function asMessages(value: Json, role: string, field: string): JsonObject[] {
  if (typeof value === 'string') return [{ role, content: value }];
  return objects(isObject(value) ? [value] : value, field);
}

function objects(value: Json, field: string): JsonObject[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw unreadable(`${field} is no list of messages`);
  return value;
}

const shareGptRoles: { readonly [from: string]: string } = {
  human: 'user',
  gpt: 'assistant',
  function_call: 'assistant',
  observation: 'tool',
  tool: 'tool',
  system: 'system',
};

/** A message with `role` and `content`, without what only trainers read. */
function plainMessage(message: JsonObject): JsonObject {
  const { from, value, train, loss, loss_weight, weight, trainable, ...rest } = message;
  if (typeof rest.role === 'string') return withReasoning(rest);
  if (typeof from !== 'string') throw unreadable('a message has no role');
  return { ...rest, role: shareGptRoles[from] ?? from, content: value ?? '' };
}

/** Reasoning under each name that templates read, as transformers 5 gives it. */
function withReasoning(message: JsonObject): JsonObject {
  const { reasoning_content, thinking, reasoning } = message;
  const reasoningText = [reasoning_content, thinking, reasoning].find((value) => value !== undefined && value !== null);
  return reasoningText === undefined
    ? message
    : { thinking: reasoningText, ...message, reasoning_content: reasoningText };
}

/** Fields by which trainers are told what to learn: Axolotl's train, ms-swift's loss, loss_weight and weight of others. */
function isTrained({ train, loss, loss_weight, weight }: JsonObject): boolean {
  return ![train, loss, loss_weight, weight].some((value) => value === false || value === 0);
}

function toolsOf(tools: Json | undefined): Json | null {
  if (tools === undefined || tools === null || tools === '') return null;
  if (typeof tools !== 'string') return Array.isArray(tools) && tools.length === 0 ? null : tools;
  const parsed = parseJson(tools);
  if (!Array.isArray(parsed)) throw unreadable('tools is text that is no list in JSON');
  return parsed.length === 0 ? null : (parsed as Json);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(why: string): SluiceError {
  return new SluiceError('row_unreadable', `The row holds no conversation: ${why}.`);
}
