import type { ChatMessage, Json, Part, ToolOffer } from '../../../shared/model/index.js';
import { other, reasoning, resultContent } from './content-parts.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { mediaFromBase64, mediaFromUrl, withoutPayloads } from './media.js';

const readers: Record<string, (value: Json) => Part> = {
  text: (value) => (typeof value === 'string' ? { type: 'text', text: value } : other('text', value)),
  image: (value) => media('image', objectOf(value)),
  document: (value) => media('file', objectOf(value)),
  video: (value) => media('video', objectOf(value)),
  audio: (value) => media('audio', objectOf(value)),
  toolUse: (value) => toolUse(objectOf(value)),
  toolResult: (value) => toolResult(objectOf(value)),
  reasoningContent: (value) => reasoningContent(objectOf(value)),
  json: (value) => other('json', value),
  searchResult: (value) => other('searchResult', value),
  cachePoint: (value) => other('cachePoint', value),
  guardContent: (value) => other('guardContent', value),
  citationsContent: (value) => citations(objectOf(value)),
};
const byKey = new Map(Object.entries(readers));

/** Marks of the request's own making, which are no content. */
const marks = new Set(['cachePoint']);

/** The parts of content blocks. A block is an object with one key, which says what it is. */
export function converseParts(content: Json | undefined, onUnknown: (key: string) => void = () => {}): Part[] {
  const parts: Part[] = [];
  for (const block of objectsOf(content)) {
    for (const [key, value] of Object.entries(block)) {
      if (marks.has(key) || value === null) continue;
      const reader = byKey.get(key);
      if (reader === undefined) onUnknown(`block.${key}`);
      const part = reader === undefined ? other(key, value) : reader(value);
      if (part.type !== 'text' || part.text !== '') parts.push(part);
    }
  }
  return parts;
}

export function converseMessage(message: JsonObject): ChatMessage {
  return { role: message.role === 'assistant' ? 'assistant' : 'user', parts: converseParts(message.content) };
}

export function converseTools(tools: Json | undefined): ToolOffer[] {
  return objectsOf(tools).flatMap(toolOffer);
}

/** `toolSpec` is the caller's function, `systemTool` one that the vendor runs; cache points are no tools. */
function toolOffer(tool: JsonObject): ToolOffer[] {
  if (isObject(tool.systemTool)) return [{ name: wordOf(tool.systemTool.name) ?? '', kind: 'system' }];
  if (!isObject(tool.toolSpec)) return [];
  const { name, description, inputSchema } = tool.toolSpec;
  const parameters = objectOf(inputSchema).json;
  return [
    {
      name: wordOf(name) ?? '',
      ...(wordOf(description) === undefined ? {} : { description: textOf(description) as string }),
      ...(parameters === undefined || parameters === null ? {} : { parameters }),
      kind: 'function',
    },
  ];
}

/** A block whose streamed input is not JSON holds the text as `input` and says so by `invalid_json`. */
function toolUse(block: JsonObject): Part {
  const server = block.type === 'server_tool_use';
  return {
    type: 'tool_call',
    id: wordOf(block.toolUseId) ?? null,
    name: textOf(block.name) ?? '',
    arguments: block.input ?? {},
    ...(block.invalid_json === true && typeof block.input === 'string' ? { invalid_json: true as const } : {}),
    ...(server ? { server: true as const, kind: 'server' } : { kind: 'function' }),
  };
}

function toolResult(block: JsonObject): Part {
  return {
    type: 'tool_result',
    tool_call_id: wordOf(block.toolUseId) ?? null,
    result: resultContent(block.content, resultPart),
    ...(block.status === 'error' ? { is_error: true } : {}),
  };
}

function resultPart(block: JsonObject): Part {
  return converseParts([block])[0] ?? other('content', block);
}

/** Redacted reasoning is base64 that only the model reads. */
function reasoningContent(block: JsonObject): Part {
  const text = objectOf(block.reasoningText);
  const redacted = wordOf(block.redactedContent);
  if (redacted !== undefined && textOf(text.text) === undefined) return reasoning('', redacted);
  return reasoning(textOf(text.text) ?? '', wordOf(text.signature));
}

/** Text with its sources is text; the sources stay beside it in the raw body. */
function citations(block: JsonObject): Part {
  const text = objectsOf(block.content)
    .map((piece) => textOf(piece.text) ?? '')
    .join('');
  return text === '' ? other('citationsContent', block) : { type: 'text', text };
}

function media(kind: 'image' | 'file' | 'video' | 'audio', block: JsonObject): Part {
  const source = objectOf(block.source);
  const format = wordOf(block.format);
  if (typeof source.bytes === 'string') {
    const type = format === undefined ? undefined : kind === 'file' ? format : `${kind}/${format}`;
    return mediaFromBase64(kind, source.bytes, type);
  }
  const location = isObject(source.s3Location) ? wordOf(source.s3Location.uri) : undefined;
  if (location !== undefined) return mediaFromUrl(kind, location);
  return other(kind, withoutPayloads(block));
}
