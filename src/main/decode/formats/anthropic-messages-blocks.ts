import type { Json, Part } from '../../../shared/model/index.js';
import { other, reasoning, remark, resultContent, serverName } from './content-parts.js';
import { isObject, type JsonObject, objectOf, textOf, wordOf } from './json.js';
import { mediaFromBase64, mediaFromFile, mediaFromUrl } from './media.js';

type BlockReader = (block: JsonObject) => Part[];

/** What each kind of block becomes; blocks stand in requests and responses alike. */
const readers: Record<string, BlockReader> = {
  text: textBlock,
  image: (block) => [media('image', block)],
  document: (block) => [media('file', block)],
  thinking: (block) => [reasoning(textOf(block.thinking) ?? '', wordOf(block.signature))],
  redacted_thinking: (block) => [reasoning('', wordOf(block.data))],
  tool_use: (block) => [toolUse(block)],
  server_tool_use: (block) => [{ ...toolUse(block), server: true, kind: 'server' }],
  mcp_tool_use: (block) => [{ ...toolUse(block), server: true, kind: 'mcp', ...serverName(block.server_name) }],
  tool_result: (block) => [toolResult(block, undefined)],
  container_upload: (block) => [
    typeof block.file_id === 'string' ? mediaFromFile('file', block.file_id) : other('container_upload', block),
  ],
  search_result: kept,
  compaction: kept,
  fallback: kept,
  tool_addition: kept,
  tool_removal: kept,
  mcp_tool_listing: kept,
};

const byType = new Map(Object.entries(readers));
/** `web_search_tool_result`, `mcp_tool_result`, …: results of tools that the vendor ran, in the same message. */
const resultSuffix = '_tool_result';

export function knownBlock(block: JsonObject): boolean {
  const type = textOf(block.type) ?? '';
  return byType.has(type) || type.endsWith(resultSuffix);
}

/** The parts of one content block; a block of an unknown kind is kept whole. */
export function blockParts(block: JsonObject): Part[] {
  const type = textOf(block.type) ?? '';
  const reader = byType.get(type);
  const lost = Array.isArray(block.unknown_deltas) ? [other('unknown_deltas', block.unknown_deltas)] : [];
  if (reader !== undefined && reader !== kept) return [...reader(block), ...lost];
  return type.endsWith(resultSuffix) ? [toolResult(block, type.slice(0, -resultSuffix.length))] : kept(block);
}

function kept(block: JsonObject): Part[] {
  return [other(textOf(block.type) ?? 'block', block)];
}

function textBlock(block: JsonObject): Part[] {
  if (typeof block.text !== 'string') return kept(block);
  const parts: Part[] = block.text === '' ? [] : [{ type: 'text', text: block.text }];
  if (Array.isArray(block.citations) && block.citations.length > 0) parts.push(remark('citations', block.citations));
  return parts;
}

/** A block whose streamed input is not JSON holds the text as `input` and says so by `invalid_json`. */
function toolUse(block: JsonObject): Extract<Part, { type: 'tool_call' }> {
  return {
    type: 'tool_call',
    id: wordOf(block.id) ?? null,
    name: textOf(block.name) ?? '',
    arguments: block.input ?? {},
    ...(block.invalid_json === true && typeof block.input === 'string' ? { invalid_json: true as const } : {}),
    kind: 'function',
  };
}

function toolResult(block: JsonObject, tool: string | undefined): Part {
  const { content } = block;
  // The vendor's tools report failure by the type of their content.
  const failed = block.is_error === true || (isObject(content) && textOf(content.type)?.endsWith('_error') === true);
  const name = tool === undefined || tool === 'mcp' ? undefined : tool;
  return {
    type: 'tool_result',
    tool_call_id: wordOf(block.tool_use_id) ?? null,
    ...(name === undefined ? {} : { name }),
    result: resultContent(content, resultPart),
    ...(failed ? { is_error: true } : {}),
  };
}

function resultPart(block: JsonObject): Part {
  const type = textOf(block.type);
  if (type === 'text' && typeof block.text === 'string') return { type: 'text', text: block.text };
  if (type === 'image') return media('image', block);
  return type === 'document' ? media('file', block) : other(type ?? 'content', block);
}

function media(kind: 'image' | 'file', block: JsonObject): Part {
  const source: { [key: string]: Json } = objectOf(block.source);
  if (source.type === 'base64' && typeof source.data === 'string') {
    return mediaFromBase64(kind, source.data, wordOf(source.media_type));
  }
  if (typeof source.url === 'string') return mediaFromUrl(kind, source.url);
  if (typeof source.file_id === 'string') return mediaFromFile(kind, source.file_id);
  // Documents given as text are words to the model and stay readable.
  return other(textOf(block.type) ?? kind, block);
}
