import type { Json, RedactedExchange } from '../../../src/shared/model/index.js';

/** Base64 inside base64 inside JSON: what a careful reader would still open. */
const deepest = 6;

/**
 * Everything that a reader of a redacted exchange can see: its strings as they stand, JSON in strings opened, escapes
 * and base64 decoded, the deltas of a stream put together.
 */
export function readable(exchange: RedactedExchange): string {
  const { findings: _findings, ...rest } = exchange;
  const out: string[] = [];
  open(rest as unknown as Json, '', 0, out);
  const body = exchange.response?.body;
  if (body?.kind === 'events') {
    const channels = new Map<string, string>();
    for (const { data } of body.events) join(parsed(data) ?? data, '', channels);
    for (const text of channels.values()) openText(text, 0, out);
  }
  return out.join('\n');
}

function open(value: Json, key: string, depth: number, out: string[]): void {
  if (typeof value === 'string') openText(value, depth, out);
  else if (typeof value === 'number') out.push(String(value));
  else if (Array.isArray(value)) for (const each of value) open(each, key, depth, out);
  else if (value !== null && typeof value === 'object')
    for (const [name, each] of Object.entries(value)) {
      openText(name, depth, out);
      open(each as Json, name, depth, out);
    }
}

function openText(text: string, depth: number, out: string[]): void {
  out.push(text);
  if (depth >= deepest) return;
  const json = parsed(text);
  if (json !== undefined && typeof json === 'object') open(json, '', depth + 1, out);
  if (/%[0-9A-F]{2}/i.test(text)) {
    try {
      openText(decodeURIComponent(text.replaceAll('+', ' ')), deepest, out);
    } catch {
      // Not percent-encoded after all.
    }
  }
  if (/\\["\\nt/u]/.test(text)) openText(text.replace(/\\(["\\/])/g, '$1').replaceAll('\\n', '\n'), depth + 1, out);
  for (const [run] of text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)) {
    const decoded = Buffer.from(run, 'base64').toString('utf8');
    if (!/\p{Cc}(?<![\t\n\r])|\ufffd/u.test(decoded)) openText(decoded, depth + 1, out);
  }
}

/** Strings at the same place in all events, joined. */
function join(value: Json, path: string, channels: Map<string, string>): void {
  if (typeof value === 'string') channels.set(path, (channels.get(path) ?? '') + value);
  else if (value !== null && typeof value === 'object')
    for (const [name, each] of Object.entries(value)) join(each as Json, `${path}.${name}`, channels);
}

function parsed(text: string): Json | undefined {
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Whether the value, or its middle half where it is long, can still be read. */
export function leaks(text: string, value: string): boolean {
  const body = value.includes('-----') ? (value.split('\n')[1] as string) : value;
  if (text.includes(value) || text.includes(body)) return true;
  return body.length >= 20 && text.includes(body.slice(body.length >> 2, body.length - (body.length >> 2)));
}
