import type { ChatMessage, Json, Role } from '../../../shared/model/index.js';
import { isObject, type JsonObject, textOf, wordOf } from './json.js';
import { addParts, itemParts, messageItem } from './openai-responses-items.js';

const roles: Record<string, Role> = { user: 'user', assistant: 'assistant', system: 'system', developer: 'developer' };

/** Items that a client sends back for calls it ran itself. */
const clientOutputs = new Set([
  'function_call_output',
  'custom_tool_call_output',
  'computer_call_output',
  'local_shell_call_output',
  'apply_patch_call_output',
  'mcp_approval_response',
]);

/** Items that are instructions to the model rather than its words. */
const directives = new Set(['compaction_trigger', 'additional_tools', 'configuration_update', 'item_reference']);

/**
 * The input of a Responses request as messages. Items of the model that follow each other are one assistant message,
 * as they were one response; every output that the client sends is a message of its own.
 * `references`: some items are only named by id, so the history is not all there.
 */
export function inputMessages(input: Json | undefined): { messages: ChatMessage[]; references: boolean } {
  if (typeof input === 'string') {
    return { messages: [{ role: 'user', parts: [{ type: 'text', text: input }] }], references: false };
  }
  const messages: ChatMessage[] = [];
  let references = false;
  let assistant: ChatMessage | null = null;
  /** Calls that the vendor ran: their outputs belong to the message of the call. */
  const hosted = new Set<string>();
  for (const value of Array.isArray(input) ? input : []) {
    const item: JsonObject = isObject(value) ? value : { type: 'input', value };
    const role = roleOf(item, hosted);
    if (item.type === 'item_reference') references = true;
    const id = wordOf(item.id);
    const parts = isMessage(item) ? messageItem(item) : itemParts(item);
    for (const part of parts) if (part.type === 'tool_call' && part.server && part.id !== null) hosted.add(part.id);
    if (role !== 'assistant') {
      assistant = null;
      messages.push({ role, ...(id === undefined ? {} : { id }), parts });
    } else if (assistant === null) {
      assistant = { role, parts };
      if (isMessage(item) && id !== undefined) assistant.id = id;
      messages.push(assistant);
    } else {
      addParts(assistant.parts, parts, isMessage(item));
      if (isMessage(item) && id !== undefined) assistant.id ??= id;
    }
  }
  return { messages, references };
}

/** Messages may come without a type. */
function isMessage(item: JsonObject): boolean {
  return item.type === 'message' || (item.type === undefined && item.role !== undefined);
}

function roleOf(item: JsonObject, hosted: ReadonlySet<string>): Role {
  if (isMessage(item)) return roles[textOf(item.role) ?? ''] ?? 'user';
  const type = textOf(item.type) ?? '';
  if (clientOutputs.has(type)) return 'tool';
  if (type === 'shell_call_output') return hosted.has(wordOf(item.call_id) ?? '') ? 'assistant' : 'tool';
  if (type === 'tool_search_output') return item.execution === 'client' ? 'tool' : 'assistant';
  if (directives.has(type)) return 'developer';
  return type === '' || type === 'input' ? 'user' : 'assistant';
}
