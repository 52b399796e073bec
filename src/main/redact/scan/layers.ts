/** A text decoded from one encoding, with the way back to where each character stood. */
export interface Layer {
  text: string;
  /** Offset in the outer text of a boundary between characters of `text`. */
  outer(position: number): number;
}

const escaped = /\\(?:u[0-9a-fA-F]{4}|["'/\\bfnrt])/;
const percent = /%[2-7][0-9a-fA-F]|%0[9aAdD]/;
const simple: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9 };

/** Backslash escapes of JSON and of most languages decoded; null where there are none. */
export function unescapeLayer(text: string): Layer | null {
  if (!text.includes('\\') || !escaped.test(text)) return null;
  return decode(text, 92, (at) => {
    const next = text.charCodeAt(at + 1);
    if (next === 117) {
      const code = hex(text, at + 2, 4);
      return code === -1 ? 0 : code * 8 + 6;
    }
    if (next === 34 || next === 39 || next === 47 || next === 92) return next * 8 + 2;
    const code = simple[text.charAt(at + 1)];
    return code === undefined ? 0 : code * 8 + 2;
  });
}

/** Percent escapes of ASCII characters decoded (RFC 3986); null where there are none. */
export function percentLayer(text: string): Layer | null {
  if (!text.includes('%') || !percent.test(text)) return null;
  return decode(text, 37, (at) => {
    const code = hex(text, at + 1, 2);
    return code === -1 || code > 127 ? 0 : code * 8 + 3;
  });
}

/** application/x-www-form-urlencoded: percent escapes, whole UTF-8 not needed, and `+` for a space. */
export function formLayer(text: string): Layer | null {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return percentLayer(spaced) ?? (spaced === text ? null : { text: spaced, outer: (position) => position });
}

/** Characters before and after an escape that are read with it, and how much further to the next white space. */
const before = 256;
const after = 512;
const furthest = 1024;

/**
 * The decoded readings of a text: of the places where something is escaped, with what stands around them. `base` is
 * where a place begins. Text without escapes has none, so that plain text is scanned once.
 */
export function* layersOf(text: string): Generator<Layer & { base: number }> {
  for (const [mark, decodeLayer] of [['\\', unescapeLayer] as const, ['%', percentLayer] as const]) {
    let found = text.indexOf(mark);
    while (found !== -1) {
      const base = breakBefore(text, found - before);
      let end = breakAfter(text, found + after);
      found = text.indexOf(mark, found + 1);
      while (found !== -1 && found - before - furthest < end) {
        if (found + after > end) end = breakAfter(text, found + after);
        found = text.indexOf(mark, Math.max(found + 1, end - after));
      }
      const layer = decodeLayer(base === 0 && end === text.length ? text : text.slice(base, end));
      if (layer) yield { text: layer.text, outer: layer.outer, base };
    }
  }
}

function breakBefore(text: string, from: number): number {
  for (let at = from; at > 0 && at > from - furthest; at--) if (text.charCodeAt(at) <= 32) return at;
  return Math.max(0, from - furthest);
}

function breakAfter(text: string, from: number): number {
  for (let at = from; at < text.length && at < from + furthest; at++) if (text.charCodeAt(at) <= 32) return at;
  return Math.min(text.length, from + furthest);
}

/** `read` answers code * 8 + length of the escape at an offset, or 0 where it is none. */
function decode(text: string, marker: number, read: (at: number) => number): Layer {
  const mark = String.fromCharCode(marker);
  const units = new Uint16Array(text.length);
  const at: number[] = [];
  const shift: number[] = [];
  let length = 0;
  let total = 0;
  let from = 0;
  for (;;) {
    const found = text.indexOf(mark, from);
    const stop = found === -1 ? text.length : found;
    for (let i = from; i < stop; i++) units[length++] = text.charCodeAt(i);
    if (found === -1) break;
    const answer = read(found);
    if (answer === 0) {
      units[length++] = marker;
      from = found + 1;
      continue;
    }
    units[length++] = answer >> 3;
    total += (answer & 7) - 1;
    at.push(length);
    shift.push(total);
    from = found + (answer & 7);
  }
  return {
    text: Buffer.from(units.buffer, 0, length * 2).toString('utf16le'),
    outer(position) {
      let low = 0;
      let high = at.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((at[middle] as number) <= position) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? position : position + (shift[low - 1] as number);
    },
  };
}

function hex(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const code = text.charCodeAt(i) | 32;
    if (code >= 48 && code <= 57) value = value * 16 + code - 48;
    else if (code >= 97 && code <= 102) value = value * 16 + code - 87;
    else return -1;
  }
  return value;
}
