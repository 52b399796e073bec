import type { Json } from '../../shared/model/index.js';

/**
 * Canonical JSON after RFC 8785: no white space, the members of an object sorted by the UTF-16 units of their names,
 * strings and numbers as ECMAScript's JSON.stringify writes them. Throws for half a surrogate pair, which the RFC forbids.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${text(name)}:${canonicalJson(value[name] as Json)}`);
    return `{${members.join(',')}}`;
  }
  return typeof value === 'string' ? text(value) : JSON.stringify(value);
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('half a surrogate pair has no canonical form');
  return JSON.stringify(value);
}
