import type { Json, Part } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { isObject, type JsonObject, textOf, wordOf } from './json.js';
import { withoutPayloads } from './media.js';

type Of<T extends Part['type']> = Extract<Part, { type: T }>;

/** A tool call whose arguments came as JSON text; empty text means no arguments. */
export function toolCall(
  id: string | undefined,
  name: string | undefined,
  argumentsText: string,
  extra: Pick<Of<'tool_call'>, 'kind' | 'server' | 'server_name'> = {},
): Of<'tool_call'> {
  const base = { type: 'tool_call' as const, id: id ?? null, name: name ?? '' };
  if (argumentsText.trim() === '') return { ...base, arguments: {}, ...extra };
  const parsed = parseJson(argumentsText);
  return parsed === undefined
    ? { ...base, arguments: argumentsText, invalid_json: true, ...extra }
    : { ...base, arguments: parsed, ...extra };
}

/**
 * Reasoning text; where only an opaque payload (or nothing) is shown, the part says so by `encrypted` and keeps the
 * payload as `signature`.
 */
export function reasoning(text: string, signature?: string): Of<'reasoning'> {
  const part: Of<'reasoning'> = { type: 'reasoning', text };
  if (text === '') part.encrypted = true;
  if (signature !== undefined && signature !== '') part.signature = signature;
  return part;
}

/** The MCP server that a vendor asked, as a field of the call. */
export function serverName(value: Json | undefined): { server_name?: string } {
  const name = wordOf(value);
  return name === undefined ? {} : { server_name: name };
}

/** Anything that has no place among the other parts, kept as it came but for the payloads of media in it. */
export function other(label: string, value: Json): Of<'other'> {
  return { type: 'other', label, value: withoutPayloads(value) };
}

/** What is noted beside the words of a message and is no content of its own. */
export function remark(label: string, value: Json): Of<'other'> {
  return { ...other(label, value), remark: true };
}

/**
 * A tool result's content: text where it is nothing but text, else its parts with media reduced to hash and size.
 * `read` turns one content part into ours.
 */
export function resultContent(content: Json | undefined, read: (part: JsonObject) => Part): Json {
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) return withoutPayloads(content);
  const parts = content.map((item) => (isObject(item) ? read(item) : other('content', item)));
  const texts = parts.map((part) => (part.type === 'text' ? part.text : null));
  if (texts.length === 1 && texts[0] !== null && texts[0] !== undefined) return texts[0];
  return parts.map((part) => (part.type === 'other' ? part.value : ({ ...part } as JsonObject)));
}

/** `code` and `message` of a vendor's error object, whatever it calls them. */
export function errorOf(
  value: Json | undefined,
  fallbackCode: string,
): { code: string; message: string; details?: Json } {
  if (!isObject(value)) return { code: fallbackCode, message: textOf(value)?.slice(0, 4000) ?? fallbackCode };
  const { code, type, message } = value;
  const name = wordOf(code) ?? (typeof code === 'number' ? String(code) : undefined) ?? wordOf(type) ?? fallbackCode;
  return { code: name, message: textOf(message) ?? wordOf(value.detail) ?? name, details: value };
}
