import type { ChatMessage, Json, Part, Role, ToolOffer } from '../../../shared/model/index.js';
import { isObject, type JsonObject, objectOf } from '../../ground/json.js';
import { textOf, unwrapped } from '../otlp/values.js';
import type { ReadMessages } from '../read-messages.js';
import { messageOf } from './message.js';
import { partOf } from './parts.js';
import { knownRole, roleOf } from './roles.js';
import { toolOffers } from './tool-offers.js';

/**
 * What an application handed to a tool that watches it, as a conversation: messages of any vendor or framework, whole
 * request and answer bodies, or plain text.
 */
export interface Conversation {
  messages: ChatMessage[];
  /** Tools that are offered in it. */
  tools: ToolOffer[];
  /** What is no message that is known, by its place in the value: nobody said it. */
  unread: { at: string; value: Json }[];
}

/** Messages that are read already. */
export function conversation(messages: ChatMessage[]): Conversation {
  return { messages, tools: [], unread: [] };
}

/** What was said to a model. */
export function sentConversation(value: Json | undefined, read: ReadMessages): Conversation {
  return new Reader('user', read).all(value);
}

/** What a model answered; one message a choice. */
export function answeredConversation(value: Json | undefined, read: ReadMessages): Conversation {
  return new Reader('assistant', read).all(value);
}

/** Items of the Responses API that are no messages. */
const responsesItem =
  /^(reasoning|item_reference|(function|custom_tool|mcp|web_search|file_search|code_interpreter|computer|local_shell|shell|apply_patch|tool_search|image_generation)_call(_output)?|mcp_list_tools|mcp_approval_\w+|compaction)$/;

/** Members that hold the conversation, the surest first. */
const holders: { [R in 'user' | 'assistant']: readonly string[] } = {
  user: [
    'messages',
    'contents',
    'input',
    'new_input',
    'chat_history',
    'message_history',
    'prompts',
    'message',
    'inputs',
  ],
  assistant: [
    'choices',
    'output',
    'candidates',
    'generations',
    'replies',
    'messages',
    'new_messages',
    'message',
    'chat_message',
    'response',
    'llm_response',
    'result',
    'outputs',
    'content',
  ],
};
/** Members whose text alone is what was said. */
const words: { [R in 'user' | 'assistant']: readonly string[] } = {
  user: [
    'prompt',
    'question',
    'query',
    'user_input',
    'user_message',
    'user_prompt',
    'text',
    'input',
    'message',
    'task',
  ],
  assistant: [
    'text',
    'completion',
    'content',
    'output',
    'answer',
    'response',
    'output_text',
    'final_output',
    'raw',
    'message',
    'result',
  ],
};
/** Frames are nested, hostile values deeper. */
const maxDepth = 8;

class Reader {
  readonly #otherwise: 'user' | 'assistant';
  readonly #read: ReadMessages;
  readonly #tools: ToolOffer[] = [];
  /** The answers are choices, not pieces of one. */
  #severally = false;

  constructor(otherwise: 'user' | 'assistant', read: ReadMessages) {
    this.#otherwise = otherwise;
    this.#read = read;
  }

  all(value: Json | undefined): Conversation {
    const inner = unwrapped(value);
    if (inner === undefined || inner === null || inner === '') return conversation([]);
    const unread: Conversation['unread'] = [];
    const messages = this.#value(inner, '', unread, 0) ?? [];
    if (messages.length === 0 && unread.length === 0 && !isEmpty(inner)) unread.push({ at: '', value: inner });
    return {
      messages: this.#otherwise === 'user' ? messages : answers(messages, this.#severally),
      tools: this.#tools,
      unread,
    };
  }

  /** Undefined where the value is no conversation at all. */
  #value(value: Json, at: string, unread: Conversation['unread'], depth: number): ChatMessage[] | undefined {
    if (typeof value === 'string') return value === '' ? [] : [textMessage(this.#otherwise, value)];
    if (depth > maxDepth) return undefined;
    if (Array.isArray(value)) return this.#list(value, at, unread, depth);
    if (!isObject(value)) return undefined;
    return this.#object(value, at, unread, depth);
  }

  #list(entries: Json[], at: string, unread: Conversation['unread'], depth: number): ChatMessage[] | undefined {
    const list = entries.map((entry) => unwrapped(entry) ?? null);
    if (list.length === 0) return [];
    // Texts alone are choices, and so are answers that each came to their end.
    if (
      list.every(
        (entry) => typeof entry === 'string' || (isObject(entry) && 'finish_reason' in entry && 'role' in entry),
      )
    )
      this.#severally = true;
    // LangChain keeps one list of messages a prompt, and answers by prompt.
    if (list.every(Array.isArray) && !list.every(isTuple)) {
      const inner = this.#list(list[0] as Json[], `${at}[0]`, unread, depth + 1);
      for (const [index, value] of list.slice(1).entries()) unread.push({ at: `${at}[${index + 1}]`, value });
      return inner;
    }
    if (
      list.some((entry) => isObject(entry) && entry.role === undefined && responsesItem.test(textOf(entry.type) ?? ''))
    )
      return this.#items(list, at, unread);
    const messages: ChatMessage[] = [];
    const strange: Conversation['unread'] = [];
    let loose: Part[] | null = null;
    for (const [index, entry] of list.entries()) {
      const read = this.#entry(entry);
      if (read === undefined) {
        strange.push({ at: `${at}[${index}]`, value: entry });
        continue;
      }
      if ('offer' in read) continue;
      if ('parts' in read) {
        // Blocks without a message around them are those of one.
        if (loose === null) {
          loose = [];
          messages.push({ role: partsRole(read.parts, this.#otherwise), parts: loose });
        }
        loose.push(...read.parts);
      } else {
        loose = null;
        messages.push(...read.messages);
      }
    }
    if (messages.length === 0 && strange.length === list.length) return undefined;
    unread.push(...strange);
    return messages;
  }

  #entry(entry: Json): { messages: ChatMessage[] } | { parts: Part[] } | { offer: true } | undefined {
    if (typeof entry === 'string') return { messages: entry === '' ? [] : [textMessage(this.#otherwise, entry)] };
    if (isTuple(entry)) return { messages: [textMessage(roleOf(entry[0], this.#otherwise), entry[1])] };
    if (!isObject(entry)) return undefined;
    if (this.#offers(entry)) return { offer: true };
    const messages = messageOf(entry, this.#otherwise, this.#read);
    if (messages !== undefined) return { messages };
    const parts = partOf(entry);
    if (parts !== undefined) return { parts };
    // Choices and LlamaIndex's answers stand around their message, completions around their text.
    for (const member of ['message', 'content', 'msg'] as const) {
      const inner = entry[member];
      const within = isObject(inner) ? messageOf(inner, this.#otherwise, this.#read) : undefined;
      if (within !== undefined) return { messages: within };
    }
    return undefined;
  }

  /** LangGraph lists the tools that it offers among the messages. */
  #offers(entry: JsonObject): boolean {
    const { content } = entry;
    if (entry.role !== 'tool' || !isObject(content) || !isObject(content.function)) return false;
    if (entry.tool_call_id !== undefined && entry.tool_call_id !== null) return false;
    this.#tools.push(...toolOffers([content]));
    return true;
  }

  /** Items of the Responses API, as the Agents SDK keeps its history. */
  #items(list: Json[], at: string, unread: Conversation['unread']): ChatMessage[] {
    const items: Json[] = [];
    for (const [index, entry] of list.entries()) {
      if (isObject(entry) && (textOf(entry.type) !== undefined || knownRole(entry.role) !== undefined)) {
        const role = knownRole(entry.role);
        items.push(role === undefined ? withArguments(entry) : { ...entry, role });
      } else if (typeof entry === 'string') items.push({ role: this.#otherwise, content: entry });
      else unread.push({ at: `${at}[${index}]`, value: entry });
    }
    return this.#read('openai-responses', items);
  }

  #object(body: JsonObject, at: string, unread: Conversation['unread'], depth: number): ChatMessage[] | undefined {
    const system = this.#system(body);
    // A body that holds messages is no message, though it may have a role or name.
    if (!Array.isArray(body.messages) && !Array.isArray(body.contents)) {
      const message = messageOf(body, this.#otherwise, this.#read);
      if (message !== undefined) return message;
      if (isTextOnly(body)) return [textMessage(this.#otherwise, body.text)];
      const parts =
        system.length === 0 && !holders[this.#otherwise].some((name) => name in body) ? partOf(body) : undefined;
      if (parts !== undefined) return [{ role: partsRole(parts, this.#otherwise), parts }];
    }
    if (Array.isArray(body.args) && isObject(body.kwargs))
      return this.#called(body.args, body.kwargs, at, unread, depth);
    this.#tools.push(...toolOffers(body.tools ?? objectOf(body.config).tools));
    const held = this.#held(body, at, unread, depth);
    if (held !== undefined) return [...system, ...held];
    for (const name of words[this.#otherwise]) {
      const text = textOf(body[name]);
      if (text !== undefined) return [...system, textMessage(this.#otherwise, text)];
    }
    return system.length > 0 ? system : undefined;
  }

  /** A function that was watched: its arguments may be a conversation, or the prompt alone. */
  #called(args: Json[], kwargs: JsonObject, at: string, unread: Conversation['unread'], depth: number) {
    const named = this.#value(kwargs, at === '' ? 'kwargs' : `${at}.kwargs`, unread, depth + 1);
    if (named !== undefined && named.length > 0) return named;
    const list = args.map((entry) => unwrapped(entry) ?? null);
    for (const [index, entry] of list.entries()) {
      if (typeof entry === 'string' && list.length > 1) continue;
      const found = this.#value(entry, `${at === '' ? '' : `${at}.`}args[${index}]`, unread, depth + 1);
      if (found !== undefined && found.length > 0) return found;
    }
    return undefined;
  }

  #held(body: JsonObject, at: string, unread: Conversation['unread'], depth: number): ChatMessage[] | undefined {
    for (const name of holders[this.#otherwise]) {
      const value = unwrapped(body[name]);
      if (value === undefined || value === null || value === '') continue;
      if (typeof value === 'string' && !/^(contents|input|content)$/.test(name)) continue;
      const found: Conversation['unread'] = [];
      const place = at === '' ? name : `${at}.${name}`;
      const messages =
        name === 'choices' || name === 'candidates' || name === 'generations'
          ? this.#choices(value, place, found, depth + 1)
          : this.#value(value, place, found, depth + 1);
      if (messages === undefined || messages.length === 0) continue;
      unread.push(...found);
      const before = typeof value === 'string' && name === 'input' ? unwrapped(body.chat_history) : undefined;
      const history = Array.isArray(before) ? this.#value(before, 'chat_history', unread, depth + 1) : undefined;
      return [...(history ?? []), ...messages];
    }
    return undefined;
  }

  /** Each choice, candidate or generation is an answer of its own, around its message or text. */
  #choices(value: Json, at: string, unread: Conversation['unread'], depth: number): ChatMessage[] | undefined {
    const outer = Array.isArray(value) ? value : [value];
    this.#severally = true;
    const list = Array.isArray(outer[0]) ? outer[0] : outer;
    return list.flatMap((choice, index): ChatMessage[] => {
      const inner = isObject(choice) ? (choice.message ?? choice.content ?? choice.text ?? choice) : choice;
      const messages = this.#value(unwrapped(inner) ?? null, `${at}[${index}]`, unread, depth + 1);
      if (messages === undefined) unread.push({ at: `${at}[${index}]`, value: choice });
      return messages ?? [];
    });
  }

  /** Instructions that stand beside the messages, in the forms of the APIs. */
  #system(body: JsonObject): ChatMessage[] {
    if (this.#otherwise !== 'user') return [];
    const config = objectOf(body.config);
    const instructions =
      body.system ??
      body.instructions ??
      body.system_instruction ??
      body.systemInstruction ??
      body.system_prompt ??
      config.system_instruction ??
      config.systemInstruction;
    const text = systemText(unwrapped(instructions));
    return text === '' ? [] : [textMessage('system', text)];
  }
}

/** What was answered behind the last that was asked, as one message unless these are choices. */
function answers(messages: ChatMessage[], severally: boolean): ChatMessage[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user' || role === 'system' || role === 'developer');
  const answered = messages.slice(asked + 1);
  const own = (answered.length > 0 ? answered : messages).map((message) =>
    message.role === 'assistant' ? message : { ...message, role: 'assistant' as const },
  );
  if (severally || own.length < 2) return own;
  return [{ role: 'assistant', parts: own.flatMap(({ parts }) => parts) }];
}

function systemText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (isObject(value)) return systemText(value.parts ?? value.text ?? value.content);
  return Array.isArray(value)
    ? value
        .map(systemText)
        .filter((text) => text !== '')
        .join('\n')
    : '';
}

export function textMessage(role: Role, text: string): ChatMessage {
  return { role, parts: [{ type: 'text', text }] };
}

/** ["human", "Hi"], as LangChain takes messages. */
function isTuple(value: Json): value is [string, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'string' &&
    knownRole(value[0]) !== undefined
  );
}

/** A completion with what is noted beside it. */
function isTextOnly(body: JsonObject): body is JsonObject & { text: string } {
  return typeof body.text === 'string' && body.text !== '' && body.type === undefined;
}

function partsRole(parts: Part[], otherwise: Role): Role {
  if (parts.length > 0 && parts.every(({ type }) => type === 'tool_result')) return 'tool';
  return parts.some(({ type }) => type === 'tool_call' || type === 'reasoning') ? 'assistant' : otherwise;
}

/** Programs keep the arguments of a call as the object that they are. */
function withArguments(item: JsonObject): JsonObject {
  return isObject(item.arguments) ? { ...item, arguments: JSON.stringify(item.arguments) } : item;
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  if (isObject(value)) return Object.values(value).every(isEmpty);
  return value === null || value === '';
}
