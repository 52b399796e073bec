import { createHash } from 'node:crypto';
import { fromIso, type Json, type Micros } from '../../../shared/model/index.js';
import { type JsonObject, objectOf, objectsOf, parseJson } from '../../ground/json.js';

export { arrayOf as listOf, isObject, type JsonObject, objectOf, objectsOf } from '../../ground/json.js';

/** A text that is not empty. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return undefined;
  return Number(value);
}

/** A count of tokens: a whole number that is not negative. */
export function countOf(value: Json | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? Math.round(number) : undefined;
}

/** The first member that is there under one of its names: formats write the same field in several spellings. */
export function member(object: JsonObject, ...names: string[]): Json | undefined {
  for (const name of names) {
    const value = object[name];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** JSON value of a text that holds JSON (exports nest it as text, CSV always does), else the value as it is. */
export function unwrapped(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}

/**
 * A time as formats write it: ISO-8601 (without a zone it is UTC), or a number of seconds, milliseconds, microseconds or
 * nanoseconds since the epoch, told by its size. Undefined outside 1990..2100.
 */
export function timeOf(value: Json | undefined): Micros | undefined {
  let micros: number | undefined;
  const number = numberOf(value);
  if (number !== undefined) {
    const scale = number < 1e11 ? 1e6 : number < 1e14 ? 1e3 : number < 1e17 ? 1 : 1e-3;
    micros = Math.round(number * scale);
  } else if (typeof value === 'string') {
    const text = value
      .trim()
      .replace(/^(\d{4}-\d\d-\d\d) (\d\d:)/, '$1T$2')
      .replace(/ ?UTC$/, 'Z');
    micros = fromIso(/(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`);
  }
  if (micros === undefined || !(micros >= 631_152_000_000_000 && micros < 4_102_444_800_000_000)) return undefined;
  return Math.round(micros);
}

/** Names content: equal texts, equal names. 32 lowercase hex characters. */
export function contentKey(...parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

/** Only the members that are there. */
export function present(object: { [key: string]: Json | undefined }): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined && value !== null && value !== '') kept[name] = value;
  }
  return kept;
}

/** Words cut to what a title may hold. */
export function titleOf(text: string | undefined): string | undefined {
  const line = text?.trim().replace(/\s+/g, ' ');
  return line === undefined || line === '' ? undefined : line.slice(0, 120);
}

/** Text of a content that is a string or a list of parts with `text`. */
export function plainText(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  return objectsOf(content)
    .map((part) => textOf(part['text']) ?? '')
    .filter((text) => text !== '')
    .join('\n');
}

/**
 * Id of the tool call that a run of a tool answers, as its input (LangChain's `{name, args, id, type: 'tool_call'}`), its output
 * (a message of role `tool`) or what is noted beside it says.
 */
export function askedBy(...places: (Json | undefined)[]): string | undefined {
  for (const place of places.flatMap((value) => [value, objectOf(unwrapped(value))['output']])) {
    const object = objectOf(unwrapped(place));
    const named = textOf(member(object, 'tool_call_id', 'toolCallId', 'tool_use_id'));
    const own = object['type'] === 'tool_call' || 'args' in object ? textOf(object['id']) : undefined;
    if (named !== undefined || own !== undefined) return named ?? own;
  }
  return undefined;
}
