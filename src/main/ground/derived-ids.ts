import { hash } from 'node:crypto';

/** The largest time that a UUIDv7 can carry, in milliseconds. */
const lastMillis = 2 ** 48 - 1;

/*
 * Ids made of what they name: the same again has the same id, so that what is stored already is known by it. Each is a UUIDv7
 * (RFC 9562) of a time (microseconds since the epoch) and a SHA-256 of its labels. They differ in how the labels become one
 * text. Data folders hold ids of all three, so none of them may change.
 */

/**
 * Of the labels joined by NUL, which none of them may contain: traces, calls, steps, decisions, effects and witnesses as they
 * are assembled.
 */
export function nulJoinedId(at: number, ...labels: (string | number)[]): string {
  const digest = hash('sha256', labels.join('\0'), 'hex');
  return uuid(at, digest.slice(0, 7) + digest.slice(8, 20));
}

/** Of the JSON text of the list of labels: exchanges that are the turns of a WebSocket. */
export function jsonListId(at: number, ...labels: string[]): string {
  return uuid(at, hash('sha256', JSON.stringify(labels), 'hex').slice(13, 32));
}

/**
 * Of the labels behind their lengths (`1:a2:bc`, in UTF-16 units): exchanges that were sent or imported, and traces that came
 * under a key for retries.
 */
export function lengthPrefixedId(at: number, ...labels: string[]): string {
  const text = labels.map((label) => `${label.length}:${label}`).join('');
  return uuid(at, hash('sha256', text, 'hex').slice(13, 32));
}

/** @param hex 19 hexadecimal digits */
function uuid(at: number, hex: string): string {
  const millis = Math.floor(at / 1000);
  const time = Number.isFinite(millis) ? Math.min(Math.max(0, millis), lastMillis) : 0;
  const digits = time.toString(16).padStart(12, '0');
  const variant = (8 + (Number.parseInt(hex.charAt(3), 16) % 4)).toString(16);
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7)}`;
}
