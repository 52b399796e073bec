import type { ChatMessage, Json, Part, Role } from '../../../shared/model/index.js';
import { isObject, type JsonObject, objectOf, objectsOf } from '../../ground/json.js';
import { textOf, unwrapped } from '../otlp/values.js';
import type { ReadMessages } from '../read-messages.js';
import { callIdOf, invocationParts, partsOf } from './parts.js';
import { knownRole, roleOf } from './roles.js';

/** A framework's way to write a message; undefined where the object is not written in it. */
type MessageForm = (message: JsonObject, otherwise: Role, read: ReadMessages) => ChatMessage[] | undefined;

/** The messages that one object holds, whichever framework wrote it; undefined where it is no message. */
export function messageOf(message: JsonObject, otherwise: Role, read: ReadMessages): ChatMessage[] | undefined {
  for (const form of forms) {
    const messages = form(message, otherwise, read);
    if (messages !== undefined) return messages.filter(({ parts }) => parts.length > 0);
  }
  return undefined;
}

const forms: readonly MessageForm[] = [
  semanticKernel,
  autoGen,
  langChain,
  pydanticAi,
  withParts,
  llamaIndex,
  haystack,
  (message, otherwise, read) => (isPlain(message) ? [plain(message, otherwise, read)] : undefined),
];

/** Semantic Kernel's events carry the message as JSON text, answers with their choice around them. */
function semanticKernel(message: JsonObject, otherwise: Role, read: ReadMessages): ChatMessage[] | undefined {
  const inner = unwrapped(message['gen_ai.event.content']);
  if (!isObject(inner)) return undefined;
  const body = isObject(inner.message) ? inner.message : inner;
  return messageOf({ ...body, role: body.role ?? message.role ?? null }, otherwise, read);
}

const langChainRoles: { [type: string]: Role } = {
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
  if (message.lc !== undefined && Array.isArray(message.id)) {
    const name = String(message.id.at(-1) ?? '');
    return /^(\w+?)Message(Chunk)?$/.exec(name)?.[1]?.toLowerCase();
  }
  if (message.role !== undefined) return undefined;
  const type = textOf(message.type);
  const name = type?.replace(/Message(Chunk)?$/, '').toLowerCase() ?? '';
  return Object.hasOwn(langChainRoles, name) && ('content' in message || 'data' in message) ? name : undefined;
}

function langChain(message: JsonObject, _otherwise: Role, read: ReadMessages): ChatMessage[] | undefined {
  const type = langChainType(message);
  if (type === undefined) return undefined;
  const fields = isObject(message.kwargs) ? message.kwargs : isObject(message.data) ? message.data : message;
  const role = type === 'chat' ? roleOf(fields.role, 'user') : (langChainRoles[type] ?? 'user');
  const { type: _type, id: _id, lc: _lc, ...ownFields } = fields;
  return [plain({ ...ownFields, role }, role, read)];
}

/** pydantic-ai's history: a request's parts come from whoever said them, a response's from the model. */
function pydanticAi(message: JsonObject): ChatMessage[] | undefined {
  if (!Array.isArray(message.parts) || (message.kind !== 'request' && message.kind !== 'response')) return undefined;
  const parts = objectsOf(message.parts);
  if (message.kind === 'response') return [{ role: 'assistant', parts: partsOf(parts) }];
  const instructions = textOf(message.instructions);
  const messages: ChatMessage[] =
    instructions === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: instructions }] }];
  for (const part of parts) {
    const read = partsOf(part);
    const role =
      part.part_kind === 'system-prompt' ? 'system' : read.some(({ type }) => type === 'tool_result') ? 'tool' : 'user';
    messages.push({ role, parts: read });
  }
  return messages;
}

const autoGenRoles: { [type: string]: Role } = {
  SystemMessage: 'system',
  UserMessage: 'user',
  AssistantMessage: 'assistant',
  FunctionExecutionResultMessage: 'tool',
  ToolCallRequestEvent: 'assistant',
  ToolCallExecutionEvent: 'tool',
  ThoughtEvent: 'assistant',
};

/** AutoGen names who spoke in `source`, and what it is in `type`. */
function autoGen(message: JsonObject): ChatMessage[] | undefined {
  const type = textOf(message.type) ?? '';
  if (message.role !== undefined || !('content' in message)) return undefined;
  const source = textOf(message.source);
  if (!Object.hasOwn(autoGenRoles, type) && (source === undefined || !/(Message|Event)$/.test(type))) return undefined;
  const role = autoGenRoles[type] ?? (source === 'user' ? 'user' : 'assistant');
  const contentParts = partsOf(message.content ?? null);
  const thought = textOf(message.thought);
  const parts: Part[] = [
    ...(thought === undefined ? [] : [{ type: 'reasoning' as const, text: thought }]),
    ...(type === 'ThoughtEvent'
      ? contentParts.map((part) => (part.type === 'text' ? { type: 'reasoning' as const, text: part.text } : part))
      : contentParts),
  ];
  return [{ role, ...(source === undefined || source === role ? {} : { name: source }), parts }];
}

/** `parts`: Gemini's and ADK's without a kind; OpenTelemetry's, the AI SDK's interface messages with one. */
function withParts(message: JsonObject, otherwise: Role, read: ReadMessages): ChatMessage[] | undefined {
  // ADK writes answers and events as {content: {role, parts}}.
  const inner = isObject(message.content) && Array.isArray(message.content.parts) ? message.content : message;
  const rawParts = unwrapped(inner.parts);
  if (!Array.isArray(rawParts)) return undefined;
  const role = roleOf(inner.role, otherwise);
  const isGemini = rawParts.every((part) => isObject(part) && part.type === undefined && part.part_kind === undefined);
  if (isGemini && rawParts.length > 0)
    return read('gemini', [{ role: role === 'assistant' ? 'model' : role, parts: rawParts }]).map((each) =>
      each.role === role ? each : { ...each, role },
    );
  const parts = partsOf(rawParts);
  return [{ ...frame(inner, role, parts), parts }];
}

function llamaIndex(message: JsonObject, otherwise: Role, read: ReadMessages): ChatMessage[] | undefined {
  if (!Array.isArray(message.blocks)) return undefined;
  const { blocks, ...rest } = message;
  return [plain({ ...rest, content: blocks }, otherwise, read)];
}

/** Haystack's ChatMessage, whose members were private once. */
function haystack(message: JsonObject, otherwise: Role, read: ReadMessages): ChatMessage[] | undefined {
  if (message._role === undefined && message._content === undefined) return undefined;
  const { _role, _content, _name, _meta } = message;
  return [
    plain(
      { role: _role ?? null, content: _content ?? null, name: _name ?? null, meta: _meta ?? null },
      otherwise,
      read,
    ),
  ];
}

/** A message in the manner of chat APIs. */
function isPlain(message: JsonObject): boolean {
  if (typeof message.role === 'string')
    return ['content', 'tool_calls', 'toolCalls', 'toolInvocations', 'function_call', 'refusal', 'audio'].some(
      (member) => member in message,
    );
  return 'content' in message && Array.isArray(message.tool_calls);
}

/** What frameworks note beside a message and that is none of its words. */
const notes = new Set([
  'additional_kwargs',
  'response_metadata',
  'usage_metadata',
  'invalid_tool_calls',
  'tool_call_chunks',
  'example',
  'meta',
  'raw',
  'token_usage',
  'artifact',
  'status',
  'type',
  'id',
  'toolCalls',
  'toolInvocations',
  'providerOptions',
  'providerMetadata',
  'experimental_providerMetadata',
  'createdAt',
  'chunk_position',
]);

/** Blocks as only Anthropic's API has them. */
const anthropicBlock =
  /^(tool_use|tool_result|thinking|redacted_thinking|server_tool_use|mcp_tool_use|\w+_tool_result)$/;
/** Blocks that the chat APIs' own reader knows. */
const chatBlocks = new Set([
  'text',
  'input_text',
  'output_text',
  'refusal',
  'image_url',
  'video_url',
  'input_audio',
  'file',
  'thinking',
]);

function plain(message: JsonObject, otherwise: Role, read: ReadMessages): ChatMessage {
  const role = roleOf(message.role, otherwise);
  const kwargs = objectOf(message.additional_kwargs);
  const calls = callsOf(message.tool_calls ?? message.toolCalls ?? kwargs.tool_calls);
  const rest = Object.fromEntries(Object.entries(message).filter(([name]) => !notes.has(name)));
  const name = textOf(message.name) ?? textOf(kwargs.name) ?? strangeRole(message.role);
  const tool_call_id = callIdOf({ tool_call_id: message.tool_call_id ?? kwargs.tool_call_id ?? null });
  const reasoning = message.reasoning_content ?? message.reasoning ?? kwargs.reasoning_content;
  const function_call = message.function_call ?? kwargs.function_call;
  const content = contentOf(message.content, calls.length > 0);
  const fields: JsonObject = {
    ...rest,
    role,
    ...(name === undefined ? {} : { name }),
    ...(tool_call_id === null ? {} : { tool_call_id }),
    ...(typeof reasoning === 'string' ? { reasoning_content: reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(calls.length > 0 || !isObject(function_call) ? {} : { function_call }),
  };
  const dialect = dialectOf(content);
  if (dialect === 'anthropic-messages' && calls.length === 0) return first(read(dialect, [{ role, content }]), role);
  const invocations = objectsOf(message.toolInvocations).flatMap(invocationParts);
  if (dialect !== null && invocations.length === 0) return first(read('openai-chat', [{ ...fields, content }]), role);
  const parts = partsOf(content);
  if (role === 'tool') return { ...frame(fields, role, parts), parts: asResults(parts, content, tool_call_id, name) };
  const around = first(read('openai-chat', [{ ...fields, content: null }]), role);
  const thought = around.parts.filter(({ type }) => type === 'reasoning');
  const beside = around.parts.filter(({ type }) => type !== 'reasoning');
  return { ...frame(fields, role, parts), parts: [...thought, ...parts, ...invocations, ...beside] };
}

/** Role and name of a message whose parts are read; what only answers calls is the tools'. */
function frame(message: JsonObject, role: Role, parts: Part[]): Omit<ChatMessage, 'parts'> {
  const name = textOf(message.name) ?? strangeRole(message.role);
  const isAnswer = parts.length > 0 && role === 'user' && parts.every(({ type }) => type === 'tool_result');
  return { role: isAnswer ? 'tool' : role, ...(name === undefined ? {} : { name }) };
}

/** Agents that stand where the role does are the speaker's name. */
function strangeRole(value: Json | undefined): string | undefined {
  return knownRole(value) === undefined ? textOf(value) : undefined;
}

function first(messages: ChatMessage[], role: Role): ChatMessage {
  return messages[0] ?? { role, parts: [] };
}

/** Tool calls in every form as the chat APIs have them. */
function callsOf(value: Json | undefined): JsonObject[] {
  const list = unwrapped(value);
  return (Array.isArray(list) ? list : []).flatMap((entry): JsonObject[] => {
    const call = unwrapped(entry);
    if (!isObject(call)) return [];
    if (isObject(call.function) || isObject(call.custom)) return [call];
    const [part] = partsOf({ ...call, type: 'tool_call' });
    if (part?.type !== 'tool_call') return [call];
    const { arguments: args } = part;
    return [
      {
        id: part.id,
        type: 'function',
        function: { name: part.name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
      },
    ];
  });
}

/** Frameworks repeat tool calls as blocks of the content. */
function contentOf(value: Json | undefined, hasCalls: boolean): Json {
  const inner = unwrapped(value);
  const content = Array.isArray(inner) && typeof value === 'string' && !inner.every(isBlock) ? value : inner;
  // A JSON text that is no list of blocks is words.
  if (typeof value === 'string' && !Array.isArray(content)) return value;
  if (!hasCalls || !Array.isArray(content)) return content ?? null;
  return content.filter(
    (block) => !(isObject(block) && /^(tool_use|tool_call|tool-call|function_call)$/.test(textOf(block.type) ?? '')),
  );
}

function isBlock(value: Json): boolean {
  return isObject(value) && typeof value.type === 'string';
}

function dialectOf(content: Json): 'openai-chat' | 'anthropic-messages' | null {
  if (!Array.isArray(content)) return isObject(content) ? null : 'openai-chat';
  const types = content.map((block) =>
    isObject(block) ? textOf(block.type) : typeof block === 'string' ? 'text' : undefined,
  );
  if (types.some((type) => type !== undefined && anthropicBlock.test(type) && type !== 'thinking'))
    return content.every(isAnthropic) ? 'anthropic-messages' : null;
  if (types.every((type) => type !== undefined && chatBlocks.has(type)))
    return content.every(isChat) ? 'openai-chat' : null;
  return null;
}

/** Other frameworks use the same words for other members. */
function isAnthropic(block: Json): boolean {
  if (!isObject(block)) return false;
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string';
    case 'thinking':
      return typeof block.thinking === 'string';
    case 'tool_use':
      return typeof block.name === 'string' && 'input' in block;
    case 'tool_result':
      return 'tool_use_id' in block;
    case 'image':
    case 'document':
      return isObject(block.source);
    default:
      return typeof block.type === 'string';
  }
}

function isChat(block: Json): boolean {
  if (!isObject(block)) return typeof block === 'string';
  if (/text$/.test(String(block.type))) return typeof block.text === 'string';
  if (block.type === 'thinking') return block.thinking !== undefined;
  if (block.type === 'file') return isObject(block.file);
  return block.type !== 'refusal' || typeof block.refusal === 'string';
}

/** What a tool's message says, where its parts do not say that they are results. */
function asResults(parts: Part[], content: Json, id: string | null, name: string | undefined): Part[] {
  if (parts.some(({ type }) => type === 'tool_result')) return parts;
  const texts = parts.map((part) => (part.type === 'text' ? part.text : null));
  const result = parts.length > 0 && texts.every((text) => text !== null) ? texts.join('\n') : (content ?? '');
  return [{ type: 'tool_result', tool_call_id: id, ...(name === undefined ? {} : { name }), result }];
}
