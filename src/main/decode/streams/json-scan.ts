import { maxJsonDepth } from '../../ground/json.js';

export interface JsonScan {
  /** `cut`: the text ends inside the value. `invalid`: not JSON, or nested deeper than `maxJsonDepth`. */
  status: 'complete' | 'cut' | 'invalid';
  /** Index after the value, or where the scan stopped. */
  end: number;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const cutNumber = /-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d*)?)?$/y;
const literals = ['true', 'false', 'null'] as const;

/** What may stand next. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const AFTER = 4;

/**
 * Finds the end of the JSON value that begins at `start` (RFC 8259) without building it: linear, and in memory that
 * does not depend on the size of the value.
 */
export function scanJson(text: string, start: number): JsonScan {
  const { length } = text;
  /** 1 for objects, 0 for arrays. */
  const stack = new Uint8Array(maxJsonDepth);
  let depth = 0;
  let expect = VALUE;
  let i = start;
  for (;;) {
    i = skipSpace(text, i);
    if (i >= length) return { status: 'cut', end: length };
    const c = text.charCodeAt(i);
    if (expect === AFTER) {
      const object = stack[depth - 1] === 1;
      if (c === 0x2c) {
        expect = object ? KEY : VALUE;
        i += 1;
        continue;
      }
      if (c !== (object ? 0x7d : 0x5d)) return { status: 'invalid', end: i };
      depth -= 1;
      i += 1;
    } else if ((c === 0x5d && expect === VALUE_OR_END) || (c === 0x7d && expect === KEY_OR_END)) {
      depth -= 1;
      i += 1;
    } else if (expect === KEY || expect === KEY_OR_END) {
      if (c !== 0x22) return { status: 'invalid', end: i };
      const key = scanString(text, i);
      if (key.status !== 'complete') return key;
      i = skipSpace(text, key.end);
      if (i >= length) return { status: 'cut', end: length };
      if (text.charCodeAt(i) !== 0x3a) return { status: 'invalid', end: i };
      i += 1;
      expect = VALUE;
      continue;
    } else if (c === 0x7b || c === 0x5b) {
      if (depth === maxJsonDepth) return { status: 'invalid', end: i };
      stack[depth] = c === 0x7b ? 1 : 0;
      depth += 1;
      i += 1;
      expect = c === 0x7b ? KEY_OR_END : VALUE_OR_END;
      continue;
    } else {
      const scalar = c === 0x22 ? scanString(text, i) : scanScalar(text, i);
      if (scalar.status !== 'complete') return scalar;
      i = scalar.end;
    }
    if (depth === 0) return { status: 'complete', end: i };
    expect = AFTER;
  }
}

/** Whether the whole text is one JSON value. */
export function scanDocument(text: string): JsonScan {
  const scan = scanJson(text, 0);
  if (scan.status !== 'complete') return scan;
  const end = skipSpace(text, scan.end);
  return end === text.length ? { status: 'complete', end } : { status: 'invalid', end };
}

export function skipSpace(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
  }
  return i;
}

/** Characters of a string that mean themselves; a compiled pattern passes over them twice as fast as a loop. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what JSON forbids inside strings
const ordinary = /[^"\\\u0000-\u001f]*/y;

function scanString(text: string, start: number): JsonScan {
  const { length } = text;
  let i = start + 1;
  while (i < length) {
    ordinary.lastIndex = i;
    ordinary.test(text);
    i = ordinary.lastIndex;
    if (i >= length) break;
    const c = text.charCodeAt(i);
    if (c === 0x22) return { status: 'complete', end: i + 1 };
    if (c < 0x20) return { status: 'invalid', end: i };
    if (c === 0x5c) {
      if (i + 1 >= length) break;
      const escaped = text.charCodeAt(i + 1);
      if (escaped === 0x75) {
        for (let digit = i + 2; digit < i + 6; digit += 1) {
          if (digit >= length) return { status: 'cut', end: length };
          if (!isHex(text.charCodeAt(digit))) return { status: 'invalid', end: digit };
        }
        i += 6;
        continue;
      }
      if (!isEscape(escaped)) return { status: 'invalid', end: i };
      i += 2;
    }
  }
  return { status: 'cut', end: length };
}

function scanScalar(text: string, start: number): JsonScan {
  const { length } = text;
  number.lastIndex = start;
  if (number.test(text)) {
    const end = number.lastIndex;
    // `1.` or `1e` at the end of the text is the beginning of a number, not a number and something else.
    if (end < length && length - end <= 2) {
      cutNumber.lastIndex = start;
      if (cutNumber.test(text)) return { status: 'cut', end: length };
    }
    return { status: 'complete', end };
  }
  for (const literal of literals) {
    if (text.startsWith(literal, start)) return { status: 'complete', end: start + literal.length };
    if (length - start < literal.length && literal.startsWith(text.slice(start))) return { status: 'cut', end: length };
  }
  return { status: text[start] === '-' && start + 1 === length ? 'cut' : 'invalid', end: start };
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
}

/** One of `"\/bfnrt`. */
function isEscape(c: number): boolean {
  return c === 0x22 || c === 0x5c || c === 0x2f || c === 0x62 || c === 0x66 || c === 0x6e || c === 0x72 || c === 0x74;
}
