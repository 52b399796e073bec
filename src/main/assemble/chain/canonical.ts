import { hash } from 'node:crypto';
import type { ChatMessage, Json, Part } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { memo, memoBy, standIn } from './memo.js';

/** Lowercase hex SHA-256, 64 characters. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** First 128 bits of SHA-256 as 32 hex characters: the size of every lineage key. */
export function shortHash(text: string): string {
  return sha256(text).slice(0, 32);
}

/** Containers within containers that are written by recursion; what lies deeper is written with a stack. */
const deepestCall = 100;

/** JSON with sorted object keys and without `undefined`, so equal values give equal text. */
export function stableJson(value: Json | undefined): string {
  return sortedJson(value ?? null, 0);
}

function sortedJson(value: Json, depth: number): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (depth === deepestCall) return deepJson(value);
  let out = '';
  if (Array.isArray(value)) {
    for (const item of value) out += `${out === '' ? '' : ','}${sortedJson(item ?? null, depth + 1)}`;
    return `[${out}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item === undefined) continue;
    out += `${out === '' ? '' : ','}${JSON.stringify(key)}:${sortedJson(item, depth + 1)}`;
  }
  return `{${out}}`;
}

/** The same with a stack of its own: captured JSON may be nested far deeper than the call stack reaches. */
function deepJson(value: Json): string {
  let out = '';
  const stack: ({ text: string } | { value: Json })[] = [{ value }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if ('text' in item) {
      out += item.text;
    } else if (item.value === null || typeof item.value !== 'object') {
      out += JSON.stringify(item.value);
    } else if (Array.isArray(item.value)) {
      out += '[';
      stack.push({ text: ']' });
      for (let index = item.value.length - 1; index >= 0; index--) {
        stack.push({ value: item.value[index] ?? null });
        if (index > 0) stack.push({ text: ',' });
      }
    } else {
      const object = item.value;
      const keys = Object.keys(object)
        .filter((key) => object[key] !== undefined)
        .sort();
      out += '{';
      stack.push({ text: '}' });
      for (let index = keys.length - 1; index >= 0; index--) {
        const key = keys[index] as string;
        stack.push({ value: object[key] as Json }, { text: `${index > 0 ? ',' : ''}${JSON.stringify(key)}:` });
      }
    }
  }
  return out;
}

/**
 * Content hash of a message: role, name and every part with all it holds. The vendor's id is left out, because it names
 * a delivery and not the content; a message that is resent without its id is still stored once.
 */
export function contentHash(message: ChatMessage): string {
  const { role, name, parts } = message;
  const lists = parts.map(partFields);
  return hashOfMessage(fields([role, name, ...lists.map((list) => fields(list, standIn))]), { role, name, lists });
}

type Fields = (string | null | undefined)[];

const hashOfMessage = memoBy(({ role, name, lists }: { role: string; name: string | undefined; lists: Fields[] }) =>
  sha256(fields([role, name, ...lists.map((list) => fields(list))])),
);

/** Every field of a part, in a fixed order. Long texts go in as they are: escaping them would cost more than hashing. */
function partFields(part: Part): Fields {
  switch (part.type) {
    case 'text':
      // Written only where they are: what was hashed before these fields were read keeps its hash.
      return [
        part.type,
        part.text,
        ...(part.phase === undefined ? [] : [`phase ${part.phase}`]),
        ...(part.begins ? ['begins'] : []),
      ];
    case 'refusal':
      return [part.type, part.text];
    case 'reasoning':
      return [part.type, part.text, flag(part.encrypted), part.signature];
    case 'tool_call': {
      const { id, name, invalid_json, server, kind } = part;
      const asked = part.server_name === undefined ? [] : [part.server_name];
      return [part.type, id, name, stableJson(part.arguments), flag(invalid_json), flag(server), kind, ...asked];
    }
    case 'tool_result': {
      const { tool_call_id, name, result, is_error } = part;
      return [part.type, tool_call_id, name, typeof result, jsonText(result), flag(is_error)];
    }
    case 'media':
      return [part.type, part.media, part.media_type, part.url, part.bytes?.toString(), part.sha256];
    case 'other':
      return [part.type, part.label, stableJson(part.value)];
  }
}

/** Texts behind their lengths, so that no two lists of texts read the same. */
function fields(texts: Fields, write: (text: string) => string = lengthed): string {
  let out = '';
  for (const text of texts) out += text === null || text === undefined ? '-;' : write(text);
  return out;
}

function lengthed(text: string): string {
  return `${text.length}:${text};`;
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function jsonText(value: Json): string {
  return typeof value === 'string' ? value : stableJson(value);
}

const jsonStart = /^\s*[[{]/;

/** The JSON value that `text` spells, where it is one and reading it loses nothing; else the text itself. */
export function parsedOr(text: string): Json {
  // As deep as it is: stored hashes are made of the value.
  if (jsonStart.test(text)) return parseJson(text, { maxDepth: Number.POSITIVE_INFINITY }) ?? text;
  if (text === 'true') return true;
  if (text === 'false') return false;
  // Beyond 2^53, or written as 1e3 or 007, a number would come back as another text: then it stays one.
  const number = text.length > 0 && text.length <= 24 ? Number(text) : Number.NaN;
  return Number.isFinite(number) && String(number) === text ? number : text;
}

/** Text of a content value: a string, or content parts that are all text (`text`, `input_text`, `output_text`). */
function textOf(value: Json): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return null;
  let text = '';
  for (const part of value) {
    if (part === null || typeof part !== 'object' || Array.isArray(part) || typeof part.text !== 'string') return null;
    if (part.type !== undefined && !/(^|_)text$/.test(String(part.type))) return null;
    text += part.text;
  }
  return text;
}

/** A tool result as the public shapes carry it: content parts that are only text become that text, JSON text is parsed. */
export function resultValue(value: Json): Json {
  const text = textOf(value);
  return text === null ? value : parsedOr(text);
}

/** Removes every white-space character: clients trim and re-join the answers that they resend. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Removes `<tag>…</tag>` spans, which clients add to or drop from resent history; an unclosed span stays. */
export function withoutSpans(text: string, tag: string): string {
  const open = `<${tag}>`;
  const close = `</${tag}>`;
  let start = text.indexOf(open);
  if (start < 0) return text;
  let out = '';
  let from = 0;
  while (start >= 0) {
    const end = text.indexOf(close, start + open.length);
    if (end < 0) break;
    out += text.slice(from, start);
    from = end + close.length;
    start = text.indexOf(open, from);
  }
  return out + text.slice(from);
}

/**
 * Form of a user's or system's text in chains: without the reminders that coding agents move about. Its white space
 * counts, since clients resend their own words as they wrote them, and it is by far the most text.
 */
export function chainInputText(text: string): string {
  return withoutSpans(text, 'system-reminder').trim();
}

/** Form of an assistant's text in chains: without thinking that look-alikes write into the content. */
export const chainOutputText = memo((text) => squeeze(withoutSpans(text, 'think')));

const singleQuotes = /[\u2018-\u201b\u2032\u00b4`]/g;
const doubleQuotes = /[\u201c-\u201f\u2033\u00ab\u00bb]|''/g;
const dashes = /[-\u2010-\u2015\u2212]+/g;
const unseen = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** An assistant's text without what editors and clients make of it: quotes and dashes of any shape are the plain ones. */
export const plainOutputText = memo((text) =>
  text.normalize('NFKC').replace(singleQuotes, "'").replace(doubleQuotes, '"').replace(dashes, '-').replace(unseen, ''),
);

/** Form of tool arguments in chains: parsed where they are JSON, absent ones equal to `{}`. */
export function chainArguments(value: Json): string {
  const parsed = typeof value === 'string' ? parsedOr(value) : value;
  if (parsed === null || parsed === '') return '{}';
  return typeof parsed === 'string' ? JSON.stringify(squeeze(parsed)) : stableJson(parsed);
}

/** Form of a tool result in chains: the same for a string and for parts that are text. Made by the client, resent as is. */
export function chainResult(value: Json): string {
  if (value === null) return '';
  return textOf(value)?.trim() ?? (Array.isArray(value) && value.length === 0 ? '' : stableJson(value));
}
