import { classes, isIn, runEnd } from './characters.js';
import { tokenRuns } from './token-runs.js';

/** A run of base64 that says text, and how to write another text in its place. */
export interface Base64Text {
  start: number;
  end: number;
  text: string;
  encode(text: string): string;
}

/** Shorter runs are words and ids; longer ones are looked at up to here. */
const shortest = 20;
const longest = 256 * 1024;
/** Bytes that show whether a run is text at all. */
const sample = 24;
/** Line lengths of MIME (RFC 2045) and PEM (RFC 7468). */
const wraps = new Set([60, 64, 72, 76]);
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Runs of base64 or base64url (RFC 4648), on one line or wrapped, that decode to readable text. Ids, hashes, paths and
 * images decode to other bytes and are passed over after the first few.
 */
export function* base64Texts(text: string): Generator<Base64Text> {
  let at = 0;
  for (const run of tokenRuns(text)) {
    if (run.start < at || run.end - run.start < shortest) continue;
    const { end, wrap } = runFrom(text, run.start);
    const found = decoded(text, run.start, end, wrap);
    if (found) yield found;
    at = end + 1;
  }
}

/** The run's end with its padding; over line ends where the lines are all of one usual length. */
function runFrom(text: string, start: number): { end: number; wrap: { length: number; mark: string } | null } {
  let end = lineEnd(text, start);
  const length = end - start;
  if (!wraps.has(length)) return { end: padded(text, end), wrap: null };
  const mark = text.startsWith('\r\n', end) ? '\r\n' : text.charCodeAt(end) === 10 ? '\n' : '';
  if (mark === '') return { end: padded(text, end), wrap: null };
  while (text.startsWith(mark, end)) {
    const next = lineEnd(text, end + mark.length);
    const line = next - end - mark.length;
    if (line === 0 || line > length) break;
    end = next;
    if (line < length) break;
  }
  return { end: padded(text, end), wrap: { length, mark } };
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isIn(classes.base64any, text.charCodeAt(at))) at++;
  return at;
}

function padded(text: string, at: number): number {
  return text.charCodeAt(at) === 61 ? (text.charCodeAt(at + 1) === 61 ? at + 2 : at + 1) : at;
}

function decoded(
  text: string,
  start: number,
  end: number,
  wrap: { length: number; mark: string } | null,
): Base64Text | null {
  if (end - start > longest || runEnd(text, start, classes.hex, end) === end) return null;
  const head = Buffer.from(text.slice(start, start + (sample * 4) / 3), 'base64');
  if (!isReadable(head)) return null;
  const run = wrap ? text.slice(start, end).replaceAll(wrap.mark, '') : text.slice(start, end);
  const bare = run.replace(/={1,2}$/, '');
  if (bare.length % 4 === 1) return null;
  const url = /[-_]/.test(bare);
  if (url && /[+/]/.test(bare)) return null;
  const bytes = Buffer.from(bare, 'base64');
  let inner: string;
  try {
    inner = decoder.decode(bytes);
  } catch {
    return null;
  }
  if (/\p{Cc}(?<![\t\n\r])/u.test(inner)) return null;
  const encode = (plain: string): string => {
    const once = Buffer.from(plain, 'utf8').toString(url ? 'base64url' : 'base64');
    const whole = url || run.endsWith('=') || run.length % 4 === 0 ? once : once.replace(/={1,2}$/, '');
    if (!wrap) return whole;
    return (whole.match(new RegExp(`.{1,${wrap.length}}`, 'g')) ?? []).join(wrap.mark);
  };
  // What would not come back as it was is left to the other detectors.
  return encode(inner) === text.slice(start, end) ? { start, end, text: inner, encode } : null;
}

/** Nearly all of it ASCII, or letters of another script; the last bytes may be the beginning of a longer character. */
function isReadable(bytes: Uint8Array): boolean {
  let letters = 0;
  for (const byte of bytes) {
    if (byte === 9 || byte === 10 || byte === 13 || (byte > 31 && byte < 127)) letters++;
    else if (byte < 32 || byte === 127) return false;
  }
  if (letters * 10 >= bytes.length * 7) return true;
  return isUtf8Start(bytes);
}

/** Whether bytes begin well-formed UTF-8 (Unicode 16, table 3-7); a decoder would be made for every run of letters. */
export function isUtf8Start(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++] as number;
    if (lead < 128) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    for (let index = 0; index < more && at < bytes.length; index++) {
      const byte = bytes[at++] as number;
      const least = index > 0 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
      const most = index > 0 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
      if (byte < least || byte > most) return false;
    }
  }
  return true;
}
