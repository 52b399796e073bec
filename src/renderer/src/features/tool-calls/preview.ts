import type { Json } from '../../../../shared/model/index.js';
import type { TextSearch } from '../../../../shared/text-find.js';

const maxChars = 240;
/** UTF-16 units before what was found. */
const charsBefore = 24;

/**
 * One line of a JSON value for a list: `command: npm test, timeout: 60`. Work is bounded by the line's length,
 * not by the value's.
 */
export function previewOf(value: Json): string {
  if (typeof value === 'string') return oneLine(value.slice(0, maxChars));
  if (typeof value !== 'object' || value === null) return String(value);
  let out = '';
  for (const key in value) {
    if (out.length >= maxChars) break;
    const child = (value as Record<string, Json>)[key] as Json;
    const name = Array.isArray(value) ? '' : `${key}: `;
    out += `${out === '' ? '' : ', '}${name}${leaf(child)}`;
  }
  return out === '' ? (Array.isArray(value) ? '[]' : '{}') : oneLine(out.slice(0, maxChars));
}

function leaf(value: Json): string {
  if (typeof value === 'string') return value.slice(0, maxChars);
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === 'object' && value !== null ? '{…}' : String(value);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** The same around the first place that has what is looked for; null for none. */
export function foundIn(value: Json, search: TextSearch): string | null {
  if (typeof value === 'string') {
    const [hit] = search.hits(value, 1);
    if (hit === undefined) return null;
    const start = Math.max(0, hit.start - charsBefore);
    return oneLine(`${start > 0 ? '…' : ''}${value.slice(start, hit.end + maxChars)}`);
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const found = foundIn(child, search);
    if (found !== null) return Array.isArray(value) ? found : `${key}: ${found}`;
  }
  return null;
}
