const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
/** With this bit set `[` and `{` are one byte, and so are `]` and `}`. */
const braceBit = 0x20;
const opening = 0x7b;
const closing = 0x7d;

/**
 * Whether a JSON text, in UTF-8, holds more values or is nested deeper than that: told without parsing it, which is what
 * costs where there are many. Of a text that is no JSON it says something too; the parser says the rest.
 */
export function jsonBeyond(bytes: Uint8Array, most: { values: number; depth: number }): 'values' | 'depth' | null {
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
      if (depth > most.depth) return 'depth';
    } else if ((byte | braceBit) === closing) depth--;
    if (values > most.values) return 'values';
  }
  return null;
}
