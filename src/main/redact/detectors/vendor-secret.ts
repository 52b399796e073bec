import * as z from 'zod';
import table from '../../../../resources/redaction/vendor-secrets.json' with { type: 'json' };
import { classes, runEnd, runStart } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

const schema = z.array(
  z.strictObject({
    name: z.string().min(3),
    forms: z.array(z.string().regex(/^(?:hex|base62|base64|token|digits|uuid):\d+-\d+$/)),
  }),
);

interface Form {
  pattern: RegExp;
  least: number;
  most: number;
}

const alphabets: Readonly<Record<string, RegExp>> = {
  hex: /^[0-9a-fA-F]+$/,
  base62: /^[A-Za-z0-9]+$/,
  base64: /^[A-Za-z0-9+/=_-]+$/,
  token: /^[\w.=%:-]+$/,
  digits: /^\d+$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

const vendors = new Map(
  schema.parse(table.vendors).map(({ name, forms }) => [
    name,
    forms.map((form): Form => {
      const [kind = '', least = '', most = ''] = form.split(/[:-]/);
      return { pattern: alphabets[kind] as RegExp, least: Number(least), most: Number(most) };
    }),
  ]),
);

/** Names beside a vendor's that speak of something else. */
const other = /(?:hash|commit|sha|digest|checksum|version|url|uri|host|path|file|region|image|etag|[_-]id$)/i;
const id = /[a-z]Id$/;
const longestName = 48;
const joint =
  /(?:\\{0,3}["'`]|\*{1,2})?\]?(?:\s{0,3}(?::=|=>|==?|:(?!:))(?:\*{1,2})?\s{0,3}|[ \t]{0,3}[|,;>][ \t]{0,3}|\s{1,3}value=| is |[ \t]{1,3})(?:\\{0,3}["'`])?/y;

/**
 * `DATADOG_APP=…`, `"netlify_site": "…"`: a value of the vendor's length and alphabet after a name with the vendor in
 * it. The forms are facts that vendors and public scanners document (resources/redaction/vendor-secrets.json).
 * Confidence 0.85; the value must hold digits and letters.
 */
export const vendorSecretDetector: AnchoredDetector = {
  id: 'vendor-secret',
  entity: 'SECRET',
  anchors: [...vendors.keys()],
  at(text, start, end) {
    const from = runStart(text, start, classes.identifier, start - longestName);
    const to = nameEnd(text, runEnd(text, end, classes.identifier, end + longestName));
    joint.lastIndex = to;
    const name = text.slice(from, to);
    if (other.test(name) || id.test(name) || !isWordOf(name, start - from, end - from) || !joint.test(text))
      return null;
    const at = joint.lastIndex;
    const stop = valueEnd(text, at);
    const value = text.slice(at, stop);
    if (!fits(text.slice(start, end).toLowerCase(), value)) return null;
    return { start: at, end: stop, confidence: 0.85 };
  },
};

function fits(vendor: string, value: string): boolean {
  if (!/\d/.test(value) || (!/[A-Za-z]/.test(value) && value.length < 16)) return false;
  return (vendors.get(vendor) ?? []).some(
    ({ pattern, least, most }) => value.length >= least && value.length <= most && pattern.test(value),
  );
}

const vendorsByName = new Map<string, readonly string[]>();

/** Vendors whose name stands in a name; answers are kept, because the same few names come again and again. */
function vendorsIn(name: string): readonly string[] {
  const before = vendorsByName.get(name);
  if (before !== undefined) return before;
  const plain = name.toLowerCase();
  const stands = (vendor: string): boolean => {
    for (let at = plain.indexOf(vendor); at !== -1; at = plain.indexOf(vendor, at + 1))
      if (isWordOf(name, at, at + vendor.length)) return true;
    return false;
  };
  const found = other.test(name) || id.test(name) ? [] : [...vendors.keys()].filter(stands);
  if (vendorsByName.size >= 10_000) vendorsByName.clear();
  vendorsByName.set(name, found);
  return found;
}

/** Whether a value under this name, of a key, a column or a parameter, is a vendor's secret. */
export function isVendorSecret(name: string, value: string): boolean {
  if (name.length > 2 * longestName || value.length > 130 || value.length < 14) return false;
  return vendorsIn(name).some((vendor) => fits(vendor, value));
}

/** Whether a vendor stands in the name. */
export function namesVendor(name: string): boolean {
  return name.length <= 2 * longestName && vendorsIn(name).length > 0;
}

/** Whether a vendor is a word of a name, not letters of two: `oktaToken`, not `bookTally`. */
function isWordOf(name: string, start: number, end: number): boolean {
  const [before, first, after] = [name.charAt(start - 1), name.charAt(start), name.charAt(end)];
  const begins = !/[A-Za-z]/.test(before) || (/[A-Z]/.test(first) && /[a-z]/.test(before));
  const rest = name.slice(end);
  const ends =
    !/[A-Za-z]/.test(after) || (/[A-Z]/.test(after) && /[a-z]/.test(name.charAt(end - 1))) || glued.test(rest);
  return (begins || /^(?:my|the|our|old|new|dev|prod|test|x)$/i.test(name.slice(0, start))) && ends;
}

/** What is written onto a vendor's name. */
const glued =
  /^(?:api|app|token|key|secret|auth|access|client|user|account|pass|pwd|site|service|server|org|web|bot|io|js)/i;

/** `datadog key: …` in prose: one or two words more. */
function nameEnd(text: string, at: number): number {
  const words = /(?: (?:api|app|access|auth|client|secret|key|token|id)){1,3}(?![A-Za-z])/iy;
  words.lastIndex = at;
  return words.test(text) ? words.lastIndex : at;
}

function valueEnd(text: string, at: number): number {
  const run = /[\w.+/=%:-]{1,130}/y;
  run.lastIndex = at;
  if (!run.test(text)) return at;
  let end = run.lastIndex;
  while (end > at && /[.:-]/.test(text.charAt(end - 1))) end--;
  return end;
}
