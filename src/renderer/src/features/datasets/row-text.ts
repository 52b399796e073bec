import type { Json } from '../../../../shared/model/index.js';

/** A row as text to be compared line by line: a field a line, and the lines of its texts as lines. */
export function rowText(value: Json): string {
  return JSON.stringify(value, null, 2).replace(/\\\\|\\n/g, (found) => (found === '\\n' ? '\n' : found));
}
