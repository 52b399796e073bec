import type { Json, Part } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { other, reasoning, remark, resultContent, serverName, toolCall } from './content-parts.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { mediaFromBase64, mediaFromFile, mediaFromUrl, withoutPayloads } from './media.js';

type ItemReader = (item: JsonObject) => Part[];

/** What each kind of item becomes; items stand in requests' input and responses' output alike. */
const readers: Record<string, ItemReader> = {
  message: messageItem,
  reasoning: reasoningItem,
  function_call: (item) => [
    toolCall(callId(item), qualified(item), textOf(item.arguments) ?? '', { kind: 'function' }),
  ],
  function_call_output: outputItem,
  custom_tool_call: (item) => [
    { type: 'tool_call', id: callId(item) ?? null, name: qualified(item), arguments: item.input ?? '', kind: 'custom' },
  ],
  custom_tool_call_output: outputItem,
  mcp_call: mcpCall,
  mcp_list_tools: kept,
  mcp_approval_request: kept,
  mcp_approval_response: kept,
  x_search_call: (item) => serverCall(item, 'x_search', inputOf(item), item.results ?? item.output),
  web_search_call: (item) => serverCall(item, 'web_search', item.action, objectOf(item.action).sources),
  file_search_call: (item) => serverCall(item, 'file_search', { queries: item.queries ?? [] }, item.results),
  code_interpreter_call: (item) =>
    serverCall(item, 'code_interpreter', pick(item, ['code', 'container_id']), item.outputs),
  image_generation_call: imageGeneration,
  computer_call: (item) => [clientCall(item, 'computer', item.actions ?? item.action, 'computer')],
  computer_call_output: (item) => [result(item, mediaResult(item.output))],
  local_shell_call: (item) => [clientCall(item, 'local_shell', item.action, 'shell')],
  local_shell_call_output: outputItem,
  shell_call: shellCall,
  shell_call_output: outputItem,
  apply_patch_call: (item) => [clientCall(item, 'apply_patch', item.operation, 'apply_patch')],
  apply_patch_call_output: (item) => [
    { ...result(item, textOf(item.output) ?? pick(item, ['status'])), is_error: item.status === 'failed' },
  ],
  tool_search_call: (item) => [
    clientCall(item, 'tool_search', item.arguments, 'tool_search', item.execution === 'server'),
  ],
  tool_search_output: (item) => [result(item, item.tools ?? [])],
  program: (item) => [clientCall(item, 'program', pick(item, ['code']), 'program', true)],
  program_output: (item) => [result(item, item.result ?? '')],
  compaction: kept,
  compaction_summary: kept,
  compaction_trigger: kept,
  additional_tools: kept,
  configuration_update: kept,
  item_reference: kept,
};

const byType = new Map(Object.entries(readers));

export function knownItem(item: JsonObject): boolean {
  return byType.has(textOf(item.type) ?? '');
}

/** The parts of one item; an item of an unknown kind is kept whole. */
export function itemParts(item: JsonObject): Part[] {
  const type = textOf(item.type) ?? '';
  return (byType.get(type) ?? kept)(item);
}

/** Adds an item's parts to those of an assistant message; a second message item begins a message of its own. */
export function addParts(parts: Part[], added: Part[], isMessage: boolean): void {
  const second = isMessage && parts.some((part) => part.type === 'text');
  // push by item, not by spread: a message may hold more parts than a call may have arguments
  for (const [index, part] of added.entries())
    parts.push(second && index === 0 && part.type === 'text' ? { ...part, begins: true } : part);
}

function kept(item: JsonObject): Part[] {
  return [other(textOf(item.type) ?? 'item', item)];
}

/** A message item; Codex's models name the stage of their answer. */
export function messageItem(item: JsonObject): Part[] {
  const phase = wordOf(item.phase);
  const parts = messageContent(item.content);
  return phase === undefined ? parts : parts.map((part) => (part.type === 'text' ? { ...part, phase } : part));
}

/** The content of a message item: text, or a list of parts. */
export function messageContent(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  // Empty entries are parts that a cut stream had only announced.
  return objectsOf(content)
    .flatMap(contentPart)
    .filter((part) => !(part.type === 'text' && part.text === '') && !(part.type === 'other' && isEmpty(part.value)));
}

function isEmpty(value: Json): boolean {
  return isObject(value) && Object.keys(value).every((key) => key === 'type');
}

function contentPart(part: JsonObject): Part[] {
  const single = contentOne(part);
  const annotations = Array.isArray(part.annotations) && part.annotations.length > 0 ? part.annotations : null;
  return annotations === null ? [single] : [single, remark('annotations', annotations)];
}

function contentOne(part: JsonObject): Part {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      if (typeof part.text === 'string') return { type: 'text', text: part.text };
      break;
    case 'reasoning_text':
      if (typeof part.text === 'string') return reasoning(part.text);
      break;
    case 'refusal':
      if (typeof part.refusal === 'string') return { type: 'refusal', text: part.refusal };
      break;
    case 'input_image':
    case 'computer_screenshot': {
      const url = wordOf(part.image_url) ?? wordOf(objectOf(part.image_url).url);
      if (url !== undefined) return mediaFromUrl('image', url);
      if (typeof part.file_id === 'string') return mediaFromFile('image', part.file_id);
      break;
    }
    case 'input_file':
      if (typeof part.file_data === 'string') return mediaFromUrl('file', part.file_data);
      if (typeof part.file_url === 'string') return mediaFromUrl('file', part.file_url);
      if (typeof part.file_id === 'string') return mediaFromFile('file', part.file_id);
      break;
    case 'input_audio': {
      const { data, format } = objectOf(part.input_audio);
      if (typeof data === 'string') {
        return mediaFromBase64('audio', data, typeof format === 'string' ? `audio/${format}` : undefined);
      }
      break;
    }
    case 'output_audio':
      if (typeof part.data === 'string') return mediaFromBase64('audio', part.data);
      break;
    default:
  }
  return other(textOf(part.type) ?? 'content', part);
}

function reasoningItem(item: JsonObject): Part[] {
  const join = (value: Json | undefined) =>
    objectsOf(value)
      .map((part) => textOf(part.text) ?? '')
      .join('\n\n');
  // The raw reasoning where the model shows it, else its summary.
  const text = join(item.content) || join(item.summary);
  return [reasoning(text, wordOf(item.encrypted_content))];
}

function callId(item: JsonObject): string | undefined {
  return wordOf(item.call_id) ?? wordOf(item.id);
}

function qualified(item: JsonObject): string {
  return qualifiedName(wordOf(item.namespace), textOf(item.name) ?? '');
}

/** `namespace.name`, or the name alone where it holds the namespace already. */
export function qualifiedName(namespace: string | undefined, name: string): string {
  if (namespace === undefined || name === namespace) return name;
  const begins = name.startsWith(namespace) && /^[._/:-]/.test(name.slice(namespace.length));
  return begins ? name : `${namespace}.${name}`;
}

function outputItem(item: JsonObject): Part[] {
  return [result(item, resultContent(item.output, contentOne))];
}

function result(item: JsonObject, value: Json): Extract<Part, { type: 'tool_result' }> {
  const name = wordOf(item.name);
  return {
    type: 'tool_result',
    tool_call_id: callId(item) ?? null,
    ...(name === undefined ? {} : { name }),
    result: value,
  };
}

function mediaResult(output: Json | undefined): Json {
  return isObject(output) ? resultContent([output], contentOne) : (output ?? '');
}

function clientCall(item: JsonObject, name: string, input: Json | undefined, kind: string, server = false): Part {
  return {
    type: 'tool_call',
    id: callId(item) ?? null,
    name,
    arguments: input ?? {},
    kind,
    ...(server ? { server: true as const } : {}),
  };
}

/** Commands in the vendor's container are run there, and their output is another item of the same response. */
function shellCall(item: JsonObject): Part[] {
  const hosted = textOf(objectOf(item.environment).type)?.startsWith('container') === true;
  return [clientCall(item, 'shell', item.action, 'shell', hosted)];
}

const ended = new Set(['completed', 'failed', 'incomplete']);

/** A call that the vendor ran itself: the item holds the call and, once it ended, what may be seen of the result. */
function serverCall(item: JsonObject, name: string, input: Json | undefined, output: Json | undefined): Part[] {
  const id = wordOf(item.id) ?? null;
  const call: Part = { type: 'tool_call', id, name, arguments: input ?? {}, server: true, kind: name };
  const status = textOf(item.status) ?? '';
  if (!ended.has(status)) return [call];
  const seen = output !== undefined && output !== null ? withoutPayloads(output) : { status };
  const failed = status === 'failed' ? { is_error: true } : {};
  return [call, { type: 'tool_result', tool_call_id: id, name, result: seen, ...failed }];
}

/** The input of a call, whatever the look-alike calls it; text that holds JSON is that JSON. */
function inputOf(item: JsonObject): Json | undefined {
  const input = item.action ?? item.arguments ?? item.input;
  return typeof input === 'string' ? (parseJson(input) ?? input) : input;
}

function mcpCall(item: JsonObject): Part[] {
  const id = wordOf(item.id);
  const name = textOf(item.name) ?? '';
  const call = toolCall(id, name, textOf(item.arguments) ?? '', {
    server: true,
    kind: 'mcp',
    ...serverName(item.server_label),
  });
  const failed = item.error !== undefined && item.error !== null;
  const answer = failed ? item.error : item.output;
  if (answer === undefined || answer === null) return [call];
  const part: Part = { type: 'tool_result', tool_call_id: id ?? null, name, result: answer };
  return [call, failed ? { ...part, is_error: true } : part];
}

function imageGeneration(item: JsonObject): Part[] {
  const input = pick(item, ['action', 'size', 'quality', 'background', 'output_format', 'revised_prompt']);
  const format = wordOf(item.output_format);
  const image =
    typeof item.result === 'string'
      ? { ...mediaFromBase64('image', item.result, format === undefined ? undefined : `image/${format}`) }
      : (item.error ?? null);
  return serverCall(item, 'image_generation', input, image as Json);
}

function pick(item: JsonObject, keys: string[]): JsonObject {
  return Object.fromEntries(
    keys.filter((key) => item[key] !== undefined && item[key] !== null).map((key) => [key, item[key] as Json]),
  );
}
