import type { Json } from '../../shared/model/index.js';

/** A digit string that a double cannot hold: parsed as a number it would be another one. */
const longNumber = /\d{16}/;

/** JSON.parse with the third argument of its reviver (ECMAScript 2026), which the types do not know yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: Json, context: { source?: string }) => Json,
) => Json;

/** The value of a JSON text, null where it is none. Numbers beyond a double's precision are kept as text. */
export function parseJson(text: string): Json | null {
  try {
    if (!longNumber.test(text)) return JSON.parse(text) as Json;
    return parseWithSource(text, (_key, value, { source }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined ? source : value,
    );
  } catch {
    return null;
  }
}
