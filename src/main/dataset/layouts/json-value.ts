import type { Json } from '../../../shared/model/index.js';

/** What text says where it is a JSON object or list, else the text. */
export function jsonValue(text: string): Json {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
