import type { ChatMessage, Json } from '../../../shared/model/index.js';
import type { ReadMessages } from '../read-messages.js';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, plainText, textOf } from './fields.js';

/**
 * Observability tools keep what an application handed them: messages of any vendor, whole request bodies, LangChain's
 * serialized messages, or plain text. These two read the ones that are in use; anything else becomes its JSON text.
 */

/** The messages of a call's input. */
export function inputMessages(input: Json | undefined, read: ReadMessages): ChatMessage[] {
  if (input === undefined || input === null || input === '') return [];
  if (typeof input === 'string') return [said('user', input)];
  const body = objectOf(input);
  if (typeof body['input'] === 'string' || Array.isArray(body['input'])) {
    const instructions = textOf(body['instructions']);
    const items = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : body['input'];
    return [...(instructions === undefined ? [] : [said('system', instructions)]), ...read('openai-responses', items)];
  }
  if (Array.isArray(body['contents'])) return read('gemini', body['contents']);
  const listed = Array.isArray(input) ? input : (body['messages'] ?? body['prompts']);
  if (Array.isArray(listed)) {
    // LangChain keeps one list of messages a prompt.
    const messages = Array.isArray(listed[0]) ? listed[0] : listed;
    const system = body['system'];
    return [
      ...(system === undefined ? [] : [said('system', plainText(system))]),
      ...(messages.every((message) => typeof message === 'string')
        ? messages.map((message) => said('user', message))
        : readAny(messages, read)),
    ];
  }
  const prompt = textOf(body['prompt']) ?? textOf(body['question']) ?? textOf(body['query']);
  if (prompt !== undefined) return [said('user', prompt)];
  if (isMessage(body)) return readAny([body], read);
  return [said('user', JSON.stringify(input))];
}

/** The answers of a call's output; one message a choice. */
export function outputMessages(output: Json | undefined, read: ReadMessages): ChatMessage[] {
  if (output === undefined || output === null || output === '') return [];
  if (typeof output === 'string') return [said('assistant', output)];
  const body = objectOf(output);
  const choices = objectsOf(body['choices']);
  if (choices.length > 0) {
    const messages = choices.map((choice) => choice['message'] ?? { role: 'assistant', content: choice['text'] ?? '' });
    return readAny(messages, read).map(asAnswer);
  }
  if (Array.isArray(body['output'])) return merged(read('openai-responses', body['output']));
  if (Array.isArray(body['generations'])) {
    const first = body['generations'][0];
    const generations = objectsOf(Array.isArray(first) ? first : body['generations']);
    return generations
      .flatMap((generation) =>
        'message' in generation
          ? readAny([generation['message'] as Json], read)
          : [said('assistant', textOf(generation['text']) ?? '')],
      )
      .map(asAnswer);
  }
  const candidates = objectsOf(body['candidates']);
  if (candidates.length > 0)
    return read(
      'gemini',
      candidates.map((candidate) => candidate['content'] ?? {}),
    ).map(asAnswer);
  if (isMessage(body)) return readAny([body], read).map(asAnswer);
  if (isObject(body['message'])) return readAny([body['message']], read).map(asAnswer);
  const listed = Array.isArray(output) ? output : listOf(body['messages']);
  if (listed.length > 0 && listed.every((entry) => isObject(entry) && isMessage(entry)))
    return merged(readAny(listed, read));
  if (listed.length > 0 && listed.every((entry) => isObject(entry) && typeof entry['type'] === 'string'))
    return readAny([{ role: 'assistant', content: listed }], read);
  const text = textOf(body['text']) ?? textOf(body['completion']) ?? textOf(body['content']) ?? textOf(body['output']);
  return [said('assistant', text ?? JSON.stringify(output))];
}

export function said(role: ChatMessage['role'], text: string): ChatMessage {
  return { role, parts: [{ type: 'text', text }] };
}

function isMessage(object: JsonObject): boolean {
  return 'role' in object || langChainType(object) !== undefined;
}

function readAny(messages: Json[], read: ReadMessages): ChatMessage[] {
  const plain = messages.map((message) =>
    isObject(message) ? (fromLangChain(message) ?? message) : { role: 'user', content: String(message) },
  );
  return read(isAnthropic(plain) ? 'anthropic-messages' : isGemini(plain) ? 'gemini' : 'openai-chat', plain);
}

/** Tool use and results stand as blocks of the content only in Anthropic's API. */
function isAnthropic(messages: JsonObject[]): boolean {
  return messages.some((message) =>
    objectsOf(message['content']).some((block) =>
      /^(tool_use|tool_result|thinking|redacted_thinking|server_tool_use)$/.test(textOf(block['type']) ?? ''),
    ),
  );
}

function isGemini(messages: JsonObject[]): boolean {
  return messages.every((message) => Array.isArray(message['parts']));
}

const langChainRoles: { [type: string]: string } = {
  human: 'user',
  ai: 'assistant',
  system: 'system',
  tool: 'tool',
  function: 'tool',
  chat: 'user',
  developer: 'developer',
};

/** `human`, `ai`, …: of a plain dictionary or of LangChain's serialized form ({lc, type: "constructor", id, kwargs}). */
function langChainType(message: JsonObject): string | undefined {
  if (message['lc'] !== undefined && Array.isArray(message['id'])) {
    const name = String(message['id'].at(-1) ?? '');
    return /^(\w+?)Message(Chunk)?$/.exec(name)?.[1]?.toLowerCase();
  }
  const type = textOf(message['type']);
  const known = type?.replace(/Message(Chunk)?$/, '').toLowerCase() ?? '';
  return known in langChainRoles && ('content' in message || 'data' in message) ? known : undefined;
}

/** A LangChain message as OpenAI's chat API would write it. */
function fromLangChain(message: JsonObject): JsonObject | null {
  const type = langChainType(message);
  if (type === undefined) return null;
  const fields = isObject(message['kwargs'])
    ? message['kwargs']
    : isObject(message['data'])
      ? message['data']
      : message;
  const calls = objectsOf(fields['tool_calls']).map((call) => ({
    id: call['id'] ?? null,
    type: 'function',
    function: { name: call['name'] ?? 'unknown', arguments: JSON.stringify(call['args'] ?? {}) },
  }));
  const content = fields['content'] ?? '';
  const blocks = objectsOf(content).filter((block) => block['type'] !== 'tool_use');
  return {
    role: langChainRoles[type] ?? 'user',
    // Tool use stands both as a block of the content and as a tool call.
    content: calls.length > 0 && Array.isArray(content) ? blocks : content,
    ...(calls.length > 0
      ? { tool_calls: calls }
      : Array.isArray(objectOf(fields['additional_kwargs'])['tool_calls'])
        ? { tool_calls: objectOf(fields['additional_kwargs'])['tool_calls'] as Json }
        : {}),
    ...(fields['tool_call_id'] === undefined ? {} : { tool_call_id: fields['tool_call_id'] }),
    ...(textOf(fields['name']) === undefined ? {} : { name: fields['name'] as Json }),
  };
}

function asAnswer(message: ChatMessage): ChatMessage {
  return message.role === 'assistant' ? message : { ...message, role: 'assistant' };
}

/** Items of one answer as one message. */
function merged(messages: ChatMessage[]): ChatMessage[] {
  return messages.length === 0 ? [] : [{ role: 'assistant', parts: messages.flatMap((message) => message.parts) }];
}
