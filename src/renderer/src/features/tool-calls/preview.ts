import type { Json } from '../../../../shared/model/index.js';

const maxChars = 240;

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
