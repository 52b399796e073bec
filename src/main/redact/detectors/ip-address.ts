import { isIPv6 } from 'node:net';
import type { DigitDetector, Span } from './types.js';

/** Longest spelling of an IPv6 address with an IPv4 tail and a zone. */
const longest = 64;

/** Words before a dotted number that make it a version and no address. */
const version =
  /(?:version|ver|release|v|rev|build|sdk|chrome|firefox|safari|edg|node|python|section|§)[\s:="'/-]{0,4}$/i;

/**
 * Public IP addresses, 0.9: IPv4 in dotted form (RFC 791), IPv6 in any form of RFC 4291. Addresses that name no machine
 * of anybody (loopback, link-local, private, documentation, multicast, unspecified) are left alone, and so are version
 * numbers and dotted object ids.
 */
export const ipAddressDetectors: readonly DigitDetector[] = [
  { id: 'ip-address:v4', entity: 'IP_ADDRESS', digits: 4, find: (text) => around(text, '.', ipv4Around) },
  { id: 'ip-address:v6', entity: 'IP_ADDRESS', digits: 0, find: (text) => around(text, ':', ipv6Around) },
];

function around(text: string, mark: string, read: (text: string, at: number) => Span | null): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
    const span = read(text, at);
    if (span === null) continue;
    if (span.confidence > 0) spans.push(span);
    at = span.end - 1;
  }
  return spans;
}

const isDigit = (code: number) => code > 47 && code < 58;
const isHex = (code: number) => isDigit(code) || ((code | 32) > 96 && (code | 32) < 103);
const isWord = (code: number) => isDigit(code) || ((code | 32) > 96 && (code | 32) < 123) || code === 95;

/** The dotted quad whose first dot stands at `dot`; confidence 0 where it is one that names nobody. */
function ipv4Around(text: string, dot: number): Span | null {
  if (!isDigit(text.charCodeAt(dot - 1)) || !isDigit(text.charCodeAt(dot + 1))) return null;
  let start = dot - 1;
  while (start > 0 && dot - start < 4 && isDigit(text.charCodeAt(start - 1))) start--;
  const before = text.charCodeAt(start - 1);
  if (start > 0 && (before === 46 || (isWord(before) && !afterEscape(text, start)))) return null;
  const parts: number[] = [];
  let at = start;
  for (let part = 0; part < 4; part++) {
    const from = at;
    while (at - from < 3 && isDigit(text.charCodeAt(at))) at++;
    if (at === from || (at - from > 1 && text.charCodeAt(from) === 48)) return null;
    const value = Number(text.slice(from, at));
    if (value > 255) return null;
    parts.push(value);
    if (part < 3) {
      if (text.charCodeAt(at) !== 46) return null;
      at++;
    }
  }
  const next = text.charCodeAt(at);
  if (isWord(next) || (next === 46 && isDigit(text.charCodeAt(at + 1)))) return null;
  if (next === 45 && isDigit(text.charCodeAt(at + 1))) return { start, end: at, confidence: 0 };
  const named = !version.test(text.slice(Math.max(0, start - 16), start));
  return { start, end: at, confidence: named && isPublic(parts) ? 0.9 : 0 };
}

function afterEscape(text: string, start: number): boolean {
  return /\\[nrt]$/.test(text.slice(Math.max(0, start - 2), start));
}

/** Not of the special-purpose registry (IANA, RFC 6890), and not what browsers write for a hidden version. */
function isPublic([a = 0, b = 0, c = 0, d = 0]: number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 172 && b >= 16 && b <= 31) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  if (a === 169 && b === 254) return false;
  if (a === 203 && b === 0 && c === 113) return false;
  if (a === 100 && b >= 64 && b <= 127) return false;
  return !(b === 0 && c === 0 && d === 0) && !(a < 10 && b < 10 && c < 10 && d < 10 && a !== 8 && a !== 1 && a !== 9);
}

/** The IPv6 address around the colon at `colon`. */
function ipv6Around(text: string, colon: number): Span | null {
  const next = text.charCodeAt(colon + 1);
  const previous = text.charCodeAt(colon - 1);
  if (!(isHex(next) || next === 58) || !(isHex(previous) || next === 58)) return null;
  let start = colon;
  while (start > 0 && colon - start < 5 && isHex(text.charCodeAt(start - 1))) start--;
  if (start > 0 && (isWord(text.charCodeAt(start - 1)) || text.charCodeAt(start - 1) === 58)) {
    if (!afterEscape(text, start)) return null;
  }
  let end = colon;
  while (
    end - start < longest &&
    (isHex(text.charCodeAt(end)) || text.charCodeAt(end) === 58 || text.charCodeAt(end) === 46)
  )
    end++;
  while (
    end > start &&
    (text.charCodeAt(end - 1) === 46 || (text.charCodeAt(end - 1) === 58 && text.charCodeAt(end - 2) !== 58))
  )
    end--;
  if (isWord(text.charCodeAt(end))) return null;
  const value = text.slice(start, end);
  // Short ones are times, ratios and C++ scopes (`a::b`) rather than addresses.
  if (value.length < 6 || value.split(':').length < 4 || !isIPv6(value)) return null;
  return { start, end, confidence: isGlobal(value) ? 0.9 : 0 };
}

function isGlobal(address: string): boolean {
  return !/^(?:::|f[cdf]|fe[89ab]|2001:0?db8|64:ff9b|100::)/i.test(address);
}
