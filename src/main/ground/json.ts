type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** No value that was read is deeper, where nothing else is said: rooms walk values recursively. */
export const maxJsonDepth = 512;
/** No value that a program sent is deeper; walks behind the API may count on it. */
const maxSentDepth = 200;

/** Digits of an integer that a double may not hold. */
const longNumber = 16;

/** TypeScript's library does not know the third argument yet (ECMAScript: JSON.parse source text access). */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

interface Reading {
  /** Containers within containers. */
  maxDepth?: number;
  /** `text`: an integer beyond 2^53 is given as its digits. Otherwise it loses digits. */
  longNumbers?: 'text';
}

/**
 * The value of a JSON text (RFC 8259) that others wrote; `undefined` where it is none or is nested too deep. Never throws. A byte
 * order mark is no JSON: who decodes the bytes drops it. Of two members of one name the last counts, and `__proto__` is a
 * member like any other. What this program wrote into its own store is read by `JSON.parse`: there a fault must not pass.
 */
export function parseJson(text: string, { maxDepth = maxJsonDepth, longNumbers }: Reading = {}): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = (longNumbers === 'text' && hasLongNumber(text) ? withLongNumbers(text) : JSON.parse(text)) as JsonValue;
  } catch {
    return undefined;
  }
  // So many containers take as many brackets.
  return text.length > 2 * maxDepth && deeperThan(value, maxDepth) ? undefined : value;
}

/** Whether so many digits stand in a row: then one of them stands at every so manyth place. */
function hasLongNumber(text: string): boolean {
  for (let at = longNumber - 1; at < text.length; at += longNumber) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    while (from > 0 && isDigit(text.charCodeAt(from - 1))) from--;
    let end = at + 1;
    while (end < text.length && end - from < longNumber && isDigit(text.charCodeAt(end))) end++;
    if (end - from >= longNumber) return true;
  }
  return false;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

function withLongNumbers(text: string): unknown {
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined ? source : value,
  );
}

/** Whether containers stand within containers deeper than so many levels; level by level, without recursion. */
export function deeperThan(value: unknown, maxDepth: number): boolean {
  let depth = 0;
  for (const _ of levelsOf(value)) if (++depth > maxDepth) return true;
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
/** With this bit set `[` and `{` are one byte, and so are `]` and `}`. */
const braceBit = 0x20;
const opening = 0x7b;
const closing = 0x7d;

/**
 * How many values a JSON text holds, in UTF-8, or that they are more, or nested deeper, than that: told without parsing it,
 * which is what costs where there are many. Of a text that is no JSON it says something too; the parser says the rest.
 */
export function jsonSize(bytes: Uint8Array, most: { values: number; depth: number }): number | 'too many' | 'too deep' {
  let values = 1;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      for (at++; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
    } else if (byte === comma) values++;
    else if ((byte | braceBit) === opening) {
      values++;
      depth++;
      if (depth > most.depth) return 'too deep';
    } else if ((byte | braceBit) === closing) depth--;
    if (values > most.values) return 'too many';
  }
  return values;
}

/** The texts of an array's elements; null for a text that is no array. What is not whole is left to the parser. */
export function jsonElements(text: string): string[] | null {
  const start = /^\s*\[/.exec(text)?.[0].length;
  if (start === undefined) return null;
  const elements: string[] = [];
  let depth = 0;
  let from = start;
  const end = (at: number) => {
    const element = text.slice(from, at).trim();
    if (element !== '') elements.push(element);
    from = at + 1;
  };
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
    } else if (unit === comma && depth === 0) end(at);
    else if ((unit | braceBit) === opening) depth++;
    else if ((unit | braceBit) === closing) {
      if (depth === 0) {
        end(at);
        break;
      }
      depth--;
    }
  }
  return elements;
}

/** JSON that a program sent, if it can be kept as it was sent; or what is wrong with it, quoting nothing of it but a key. */
export function sentJson(text: string): { value: unknown } | { problem: string } {
  const value = parseJson(text, { maxDepth: Number.POSITIVE_INFINITY });
  if (value === undefined) return { problem: 'The body is not valid JSON.' };
  const problem = shapeProblem(value);
  if (problem !== null) return { problem };
  const key = hasLongNumber(text) ? inexactInteger(text) : null;
  if (key === null) return { value };
  return {
    problem: `The number under ${JSON.stringify(key)} is beyond 2^53 and would lose digits. Send it as a string.`,
  };
}

/** The key, or index, of the first integer that a double cannot hold. */
function inexactInteger(text: string): string | null {
  let found: string | null = null;
  parseWithSource(text, (key, value, { source }) => {
    if (found === null && typeof value === 'number' && source !== undefined && /^-?\d{16,400}$/.test(source)) {
      if (!Number.isFinite(value) || BigInt(value) !== BigInt(source)) found = key;
    }
    return value;
  });
  return found;
}

/** Depth, and keys by which a program's own objects could be changed. */
function shapeProblem(root: unknown): string | null {
  let depth = 0;
  for (const level of levelsOf(root)) {
    if (++depth > maxSentDepth) return `The body is nested deeper than ${maxSentDepth} levels.`;
    if (level.some((value) => !Array.isArray(value) && isReserved(value))) {
      return 'The body has a key named __proto__ (or constructor with a prototype in it). Send such data as a JSON string.';
    }
  }
  return null;
}

/** The containers of a value: itself, those in it, those in these, and so on. */
function* levelsOf(root: unknown): Generator<object[]> {
  let level: object[] = typeof root === 'object' && root !== null ? [root] : [];
  while (level.length > 0) {
    yield level;
    const next: object[] = [];
    for (const container of level) {
      for (const inner of Array.isArray(container) ? container : Object.values(container)) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
}

function isReserved(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true;
  if (!Object.hasOwn(value, 'constructor')) return false;
  const inner = (value as { constructor: unknown }).constructor;
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype');
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is an object, else an empty one. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The value where it is an array, else an empty one. */
export function arrayOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of an array; anything else in it is left out. */
export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return arrayOf(value).filter(isObject);
}
