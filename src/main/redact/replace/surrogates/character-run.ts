import { checksumOf, keyFormats } from '../../detectors/api-keys.js';
import { digit, type Form, firstDigit, slotFamily, slotOf } from '../../forms/slots.js';
import type { Family } from './family.js';

/** PEM's lines around the key, the letters that every JSON Web Token begins its parts with, escapes. */
const fixed = /-----[^-\n]{1,64}-----|(?<![A-Za-z0-9_-])eyJ(?=[A-Za-z0-9_-]{8})|\\(?:u[0-9A-Fa-f]{4}|[A-Za-z])/g;
/** `acme_live_`: names before a long run, where the value is a key. */
const names = /^(?:[A-Za-z][A-Za-z0-9]{1,11}[_-]){1,3}(?=[A-Za-z0-9]{12})/;
const hexRun = /^(?=.*\d)(?:0x)?[0-9a-f-]{8,}$/;
const upperHexRun = /^(?=.*\d)[0-9A-F-]{8,}$/;
const longest = 65_536;
const longestFirst = [...keyFormats].sort((a, b) => b.prefix.length - a.prefix.length);

/**
 * Anything without a shape of its own: keys, tokens, passwords, cookies, certificates, numbers of documents. Each letter
 * becomes one of its case, each digit a digit; prefixes of known key formats, and their checksums, stay right. Private
 * keys, JSON Web Tokens and cookies have no plausible surrogate: theirs only look random. Values under some eight
 * letters or nine digits have no room for a tag.
 */
export const characterRuns = slotFamily('run', (value) => formsOf(value, 0));

/** The same for values that are keys: what names the vendor before the key stays. */
const named = slotFamily('key', (value) => {
  const kept = vendorPart(value);
  return kept === 0 ? [] : formsOf(value, kept, formatOf(value)?.crc === true);
});

export const keyRuns: Family = {
  id: 'key',
  make: (value, subject, keyed) => (vendorPart(value) === 0 ? characterRuns : named).make(value, subject, keyed),
  isOurs: (value, keyed) => named.isOurs(value, keyed) || characterRuns.isOurs(value, keyed),
};

function formatOf(value: string) {
  return longestFirst.find(({ prefix }) => value.startsWith(prefix));
}

function vendorPart(value: string): number {
  return formatOf(value)?.prefix.length ?? names.exec(value)?.[0].length ?? 0;
}

/** Escapes stay escapes of printable ASCII; what only looks like one never becomes one. */
function afterPercent(value: string, at: number): string | null {
  const first = value.charAt(at - 1) === '%' ? at : value.charAt(at - 2) === '%' ? at - 1 : -1;
  if (first === -1 || value.charAt(first) === '%') return null;
  const char = value.charAt(at);
  if (!/^[A-Za-z0-9]{2}$/.test(value.slice(first, first + 2))) return null;
  if (/^[0-9A-Fa-f]{2}$/.test(value.slice(first, first + 2)))
    return at === first ? '234567' : /[A-F]/.test(char) ? 'ABCDEF' : /[a-f]/.test(char) ? 'abcdef' : digit;
  return /\d/.test(char) ? digit : /[A-Z]/.test(char) ? 'GHIJKLMNOPQRSTUVWXYZ' : 'ghijklmnopqrstuvwxyz';
}

function formsOf(value: string, kept: number, crc = false): Form[] {
  if (value.length > longest) return [];
  const rest = value.slice(kept);
  const hex = hexRun.test(rest) ? '0123456789abcdef' : upperHexRun.test(rest) ? '0123456789ABCDEF' : null;
  const first = /^-?[1-9]\d*$/.test(value) ? value.search(/\d/) : -1;
  const slots = value.split('').map((char, at) => {
    if (at < kept) return null;
    if (at === first) return firstDigit;
    const set = afterPercent(value, at) ?? slotOf(char);
    if (hex === null || set === null || set === digit || (char === 'x' && at === kept + 1)) return set;
    return hex.slice(10);
  });
  for (const { index, 0: match } of value.matchAll(fixed)) slots.fill(null, index, index + match.length);
  if (!crc || value.length - kept !== 36) return [{ slots }];
  const body = value.length - 6;
  return [
    {
      slots: slots.fill(null, body),
      seal(chars) {
        chars.splice(body, 6, ...checksumOf(chars.slice(kept, body).join('')));
        return true;
      },
    },
  ];
}
