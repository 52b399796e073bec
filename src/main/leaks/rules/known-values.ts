import { unitsOf } from '../../ground/units.js';
import type { Hit, LeakRules, RuleSet } from './rule.js';

/** Shorter ones would hit words by chance, and so would what base64 makes of so few bytes. */
const shortest = 3;
const shortestEncoded = 8;
/** Forms are looked up by so many of their first characters: the long ones, then the others. */
const anchors = [8, 3];
/** Slots of a table of beginnings: a power of two. */
const slots = 1 << 20;

interface Bucket {
  forms: Set<string>;
  /** Of the forms, longest first. */
  lengths: number[];
}

/** Length of the longest form that begins at a place of a text; 0 where none does. */
type Index = (text: string, at: number) => number;

/**
 * Exact values that no export may hold, whatever a policy keeps: as they are, as JSON writes them (once and twice),
 * percent-encoded, in hex, and within base64 at each of its three alignments. One pass over the text, however many values.
 */
export function knownValues(values: readonly string[]): RuleSet {
  const forms = new Set(values.flatMap(formsOf));
  const [long, short] = anchors as [number, number];
  const indexes = [
    indexOf(
      long,
      [...forms].filter((form) => form.length >= long),
    ),
    indexOf(
      short,
      [...forms].filter((form) => form.length < long),
    ),
  ].filter((index) => index !== null);
  const pairs = new Uint8Array(65_536);
  for (const form of forms) pairs[pairOf(form.charCodeAt(0), form.charCodeAt(1))] = 1;
  return {
    id: 'known-value',
    version: '1',
    find(text) {
      const hits: Hit[] = [];
      if (forms.size === 0) return hits;
      const units = unitsOf(text);
      const last = text.length - 1;
      let next = units[0] as number;
      for (let start = 0; start < last; start++) {
        const first = next;
        next = units[start + 1] as number;
        // Few values have few beginnings: most places are passed over by this alone.
        if (pairs[pairOf(first, next)] === 0) continue;
        for (const index of indexes) {
          const length = index(text, start);
          if (length === 0) continue;
          hits.push({ rule: 'known-value', entity: 'CUSTOM', start, end: start + length });
          start += length - 1;
          next = units[start + 1] as number;
          break;
        }
      }
      return hits;
    },
  };
}

export const knownValueRules = {
  id: 'known-value',
  title: 'Known values',
  description: 'Exact values of the list, the policy and the vault, however they are encoded.',
  open: knownValues,
} satisfies LeakRules;

function pairOf(first: number, second: number): number {
  return (first * 251 + second) & 0xffff;
}

function indexOf(anchorChars: number, forms: readonly string[]): Index | null {
  if (forms.length === 0) return null;
  const byAnchor = new Map<string, Bucket>();
  /** Most places of a text are no beginning of anything: told by one look at a table. */
  const begins = new Uint8Array(slots);
  for (const form of forms) {
    const anchor = form.slice(0, anchorChars);
    begins[slotOf(anchor, 0, anchorChars)] = 1;
    const bucket = byAnchor.get(anchor) ?? { forms: new Set(), lengths: [] };
    bucket.forms.add(form);
    byAnchor.set(anchor, bucket);
  }
  for (const bucket of byAnchor.values()) {
    bucket.lengths = [...new Set(Array.from(bucket.forms, (form) => form.length))].sort((a, b) => b - a);
  }
  return (text, at) => {
    if (begins[slotOf(text, at, anchorChars)] === 0) return 0;
    const bucket = byAnchor.get(text.slice(at, at + anchorChars));
    // One look for each length: values that begin alike cost no more than others.
    return bucket?.lengths.find((length) => bucket.forms.has(text.slice(at, at + length))) ?? 0;
  };
}

/** Of the first, a middle and the last character of an anchor; past the end of a text, NaN counts as 0. */
function slotOf(text: string, at: number, anchorChars: number): number {
  const last = text.charCodeAt(at + anchorChars - 1);
  const middle = text.charCodeAt(at + (anchorChars >> 1));
  return (text.charCodeAt(at) ^ (middle << 6) ^ (last << 12) ^ (text.charCodeAt(at + 1) << 3)) & (slots - 1);
}

function formsOf(value: string): string[] {
  if (value.length < shortest) return [];
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [value, json, JSON.stringify(json).slice(1, -1)];
  if (value.isWellFormed()) {
    const percent = encodeURIComponent(value);
    forms.push(
      percent,
      percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
      percent.replaceAll('%20', '+'),
    );
    if (value.length >= shortestEncoded) {
      const bytes = Buffer.from(value, 'utf8');
      forms.push(...base64Forms(bytes), bytes.toString('hex'), bytes.toString('hex').toUpperCase());
    }
  }
  return forms.filter((form) => form.length >= shortest);
}

/** What base64 makes of the bytes behind 0, 1 or 2 others, without the characters that also hold a neighbour's bits. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = [0, 2, 3][before] as number;
    const end = (before + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    const own = text.slice(start, end);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
