import { randomBytes } from 'node:crypto';
import { type HeaderList, modeHeader, promptHeader, scenarioHeader } from '../../shared/model/index.js';

/** Names this process in Via: a request that carries it has been here before (RFC 9110 §7.6.3). */
const viaName = `sluice-${randomBytes(6).toString('hex')}`;

export const viaField = (httpVersion: string): [string, string] => ['Via', `${httpVersion} ${viaName}`];

export function cameFromHere(via: string | undefined): boolean {
  return via?.toLowerCase().includes(viaName) ?? false;
}

/** Fields that belong to one connection and are not passed on (RFC 9110 §7.6.1), and those for us. `te` stays where it says trailers. */
const connectionFields = new Set([
  scenarioHeader,
  modeHeader,
  promptHeader,
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Node's flat `[name, value, …]` as pairs. */
export function pairs(raw: readonly string[]): HeaderList {
  const list: HeaderList = [];
  for (let i = 0; i + 1 < raw.length; i += 2) list.push([raw[i] as string, raw[i + 1] as string]);
  return list;
}

export function header(list: HeaderList, name: string): string | undefined {
  return list.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The end-to-end fields, in order and spelling. `Connection: x` removes x too. */
export function endToEnd(list: HeaderList): HeaderList {
  let dropped = connectionFields;
  for (const [name, value] of list) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const token of value.split(',')) {
      const field = token.trim().toLowerCase();
      if (field !== '' && !dropped.has(field)) dropped = new Set([...dropped, field]);
    }
  }
  return list.filter(([name, value]) => {
    const key = name.toLowerCase();
    if (key === 'te') return value.trim().toLowerCase() === 'trailers';
    return !dropped.has(key);
  });
}

export function flat(list: HeaderList): string[] {
  const raw: string[] = [];
  for (const [name, value] of list) raw.push(name, value);
  return raw;
}

/** Fields of which HTTP/2 in Node carries one only, though their values are lists: joined, they say the same (RFC 9110 §5.3). */
const joined = new Set(['content-encoding', 'content-language', 'if-match', 'if-none-match']);
/** The others of that kind. What comes twice is wrong; the first is what most recipients go by. */
const single = new Set([
  ...['access-control-allow-credentials', 'access-control-max-age', 'access-control-request-method', 'age'],
  ...['authorization', 'content-length', 'content-location', 'content-md5', 'content-range', 'content-type', 'date'],
  ...['dnt', 'etag', 'expires', 'from', 'if-modified-since', 'if-range', 'if-unmodified-since', 'last-modified'],
  ...['location', 'max-forwards', 'proxy-authorization', 'range', 'referer', 'retry-after', 'tk'],
  ...['upgrade-insecure-requests', 'user-agent', 'x-content-type-options'],
]);

/** HTTP/2 wants one lowercase object; repeated fields become arrays, cookies stay separate. */
export function http2Headers(list: HeaderList): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of list) {
    const key = name.toLowerCase();
    if (key === 'host') continue;
    const present = headers[key];
    if (present === undefined) headers[key] = value;
    else if (joined.has(key)) headers[key] = `${String(present)}, ${value}`;
    else if (!single.has(key)) headers[key] = Array.isArray(present) ? [...present, value] : [present, value];
  }
  return headers;
}

/**
 * The end-to-end fields of a response head. Where the message was framed by Transfer-Encoding, Content-Length counts for
 * nothing and must not be passed on (RFC 9112 §6.3): client and proxy would part over where the body ends.
 */
export function responseFields(list: HeaderList): HeaderList {
  const kept = endToEnd(list);
  return header(list, 'transfer-encoding') === undefined
    ? kept
    : kept.filter(([name]) => name.toLowerCase() !== 'content-length');
}

/** Content-Length as a number of bytes, or null where it is absent or not one number. */
export function contentLength(list: HeaderList): number | null {
  const value = header(list, 'content-length');
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
