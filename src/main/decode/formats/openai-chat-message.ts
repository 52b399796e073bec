import type { ChatMessage, Json, Part, Role } from '../../../shared/model/index.js';
import { other, reasoning, remark, resultContent, toolCall } from './content-parts.js';
import { indexOf, isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { mediaFromBase64, mediaFromFile, mediaFromUrl } from './media.js';

const roles: Record<string, Role> = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  // The role of results before tools were called tools.
  function: 'tool',
  model: 'assistant',
};

/** Fields of a message or delta that become parts below, and those that say nothing beside them. */
const knownFields = new Set([
  'role',
  'name',
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'tool_calls',
  'function_call',
  'tool_call_id',
  'audio',
  'annotations',
  'parsed',
  'executed_tools',
]);

/** Whether a field only says that it is there: servers write every field of their struct, with its zero value. */
export function isBlank(value: Json | undefined): boolean {
  if (isObject(value)) return Object.values(value).every(isBlank);
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A chat message of a request or of a response's choice; `onUnknown` hears of fields this format does not know. */
export function chatMessage(message: JsonObject, fallback: Role, onUnknown?: (field: string) => void): ChatMessage {
  const role = roles[textOf(message.role) ?? ''] ?? fallback;
  const name = wordOf(message.name);
  const result: ChatMessage = { role, parts: [] };
  if (name !== undefined) result.name = name;
  const { parts } = result;
  if (role === 'tool') {
    parts.push({
      type: 'tool_result',
      tool_call_id: wordOf(message.tool_call_id) ?? null,
      ...(name === undefined ? {} : { name }),
      result: resultContent(message.content, contentPart),
    });
  } else {
    parts.push(...reasoningParts(message), ...contentParts(message.content));
  }
  const refusal = wordOf(message.refusal);
  if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
  if (isObject(message.audio) && !isBlank(message.audio)) parts.push(...audioParts(message.audio));
  for (const call of objectsOf(message.tool_calls)) parts.push(...callParts(call));
  parts.push(...executedTools(objectsOf(message.executed_tools)));
  if (isObject(message.function_call) && !isBlank(message.function_call))
    parts.push(...callParts({ type: 'function', function: message.function_call }));
  parts.push(...unknownFields(message, onUnknown));
  return result;
}

/** Annotations and fields that are not known, as remarks; empty ones say nothing. */
export function unknownFields(message: JsonObject, onUnknown?: (field: string) => void): Part[] {
  const parts: Part[] = [];
  for (const [field, value] of Object.entries(message)) {
    if (isBlank(value)) continue;
    if (field === 'annotations') parts.push(remark(field, value));
    else if (!knownFields.has(field)) {
      parts.push(remark(field, value));
      onUnknown?.(field);
    }
  }
  return parts;
}

function reasoningParts(message: JsonObject): Part[] {
  const details = objectsOf(message.reasoning_details);
  let text = wordOf(message.reasoning_content) ?? wordOf(message.reasoning) ?? '';
  if (text === '') text = details.map((detail) => textOf(detail.text) ?? textOf(detail.summary) ?? '').join('');
  const signature = details.map((detail) => wordOf(detail.signature)).find((value) => value !== undefined);
  const parts: Part[] = text === '' ? [] : [reasoning(text, signature)];
  for (const detail of details) {
    const data = wordOf(detail.data);
    if (data !== undefined) parts.push(reasoning('', data));
  }
  return parts;
}

export function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return content === undefined || content === null ? [] : [other('content', content)];
  return content.map((item) =>
    isObject(item)
      ? contentPart(item)
      : typeof item === 'string'
        ? { type: 'text', text: item }
        : other('content', item),
  );
}

function contentPart(part: JsonObject): Part {
  const type = textOf(part.type) ?? '';
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      if (typeof part.text === 'string') return { type: 'text', text: part.text };
      break;
    case 'refusal':
      if (typeof part.refusal === 'string') return { type: 'refusal', text: part.refusal };
      break;
    case 'image_url': {
      const url = textOf(part.image_url) ?? textOf(objectOf(part.image_url).url);
      if (url !== undefined) return mediaFromUrl('image', url);
      break;
    }
    case 'video_url': {
      const url = textOf(part.video_url) ?? textOf(objectOf(part.video_url).url);
      if (url !== undefined) return mediaFromUrl('video', url);
      break;
    }
    case 'input_audio': {
      const { data, format } = objectOf(part.input_audio);
      if (typeof data === 'string') return mediaFromBase64('audio', data, audioType(format));
      break;
    }
    case 'file': {
      const file = objectOf(part.file);
      if (typeof file.file_data === 'string') return mediaFromUrl('file', file.file_data);
      if (typeof file.file_id === 'string') return mediaFromFile('file', file.file_id);
      break;
    }
    case 'thinking':
      return reasoning(
        textOf(part.thinking) ??
          objectsOf(part.thinking)
            .map((piece) => textOf(piece.text) ?? '')
            .join(''),
        wordOf(part.signature),
      );
    default:
  }
  return other(type || 'content', part);
}

function audioParts(audio: JsonObject): Part[] {
  const parts: Part[] = [];
  if (typeof audio.transcript === 'string' && audio.transcript !== '')
    parts.push({ type: 'text', text: audio.transcript });
  if (typeof audio.data === 'string') parts.push(mediaFromBase64('audio', audio.data));
  // A request refers to the audio of an earlier answer by its id alone.
  else if (parts.length === 0) parts.push(other('audio', audio));
  return parts;
}

/** Tools that the server ran itself (Groq's compound models): each call with what came of it. */
function executedTools(tools: JsonObject[]): Part[] {
  return tools.flatMap((tool, index): Part[] => {
    const name = wordOf(tool.name) ?? wordOf(tool.type) ?? '';
    const id = callId(tool) ?? `executed:${indexOf(tool.index) ?? index}`;
    const call = toolCall(id, name, textOf(tool.arguments) ?? '', {
      server: true,
      kind: wordOf(tool.type) ?? 'server',
    });
    const seen = without(tool, executedCallFields);
    if (isBlank(seen)) return [call];
    const output = wordOf(tool.output);
    const result = output !== undefined && Object.values(without(seen, outputField)).every(isBlank) ? output : seen;
    return [call, { type: 'tool_result', tool_call_id: id, name, result }];
  });
}

const executedCallFields = new Set(['index', 'id', 'type', 'name', 'arguments']);
const outputField = new Set(['output']);

const callFields = new Set(['index', 'id', 'type', 'function', 'custom']);

/** A tool call as it stands whole in a message, and fields beside it that are not known. */
export function callParts(call: JsonObject): Part[] {
  const extra = without(call, callFields);
  const part = callPart(call);
  return Object.keys(extra).length === 0 ? [part] : [part, remark('tool_call', extra)];
}

/** Whether a call is one of a custom tool: the fields of the other kind may stand beside it, empty. */
export function isCustomCall(call: JsonObject): boolean {
  if (!isObject(call.custom)) return false;
  return !isBlank(call.custom) || (call.type !== 'function' && isBlank(call.function));
}

/** The id of a tool call; some servers that give none spell that out. */
export function callId(call: JsonObject): string | undefined {
  return call.id === 'null' ? undefined : wordOf(call.id);
}

function callPart(call: JsonObject): Part {
  const id = callId(call);
  if (isCustomCall(call) && isObject(call.custom)) {
    const input = call.custom.input ?? '';
    return {
      type: 'tool_call',
      id: id ?? null,
      name: textOf(call.custom.name) ?? '',
      arguments: input,
      kind: 'custom',
    };
  }
  const { name, arguments: args } = objectOf(call.function);
  const kind = wordOf(call.type) ?? 'function';
  // Some look-alikes send the arguments as an object instead of its text.
  if (args !== undefined && args !== null && typeof args !== 'string') {
    return { type: 'tool_call', id: id ?? null, name: textOf(name) ?? '', arguments: args, kind };
  }
  return toolCall(id, textOf(name), args ?? '', { kind });
}

function audioType(format: Json | undefined): string | undefined {
  return typeof format === 'string' ? `audio/${format}` : undefined;
}
