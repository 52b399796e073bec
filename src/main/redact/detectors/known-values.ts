import { type KnownValue, knownValueLength } from '../../../shared/policy-file.js';
import type { Entity } from '../policy/entities.js';
import { base64Texts } from '../scan/base64.js';
import { unescapeLayer } from '../scan/layers.js';
import type { Detector, Span } from './types.js';

/** Shorter secrets of this machine would hit words by chance. */
const shortestKnown = 8;
/** Shorter values count only as whole words. */
const shortestInWords = 8;
/** Those that nobody named may be part of something else for longer. */
const longEnough = 16;
const shortestAnchor = 3;
const longestAnchor = 12;

/** One spelling of a value. */
interface Needle {
  text: string;
  /** The value it stands for: all spellings have its pseudonym. */
  value: string;
  entity: Entity;
  /** What must not stand right beside it. */
  apart: RegExp | null;
}

const markupEscapes = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
] as const;
const wordCharacter = /[\p{L}\p{N}_]/u;
const base64Character = /[A-Za-z0-9+/=_-]/;

/**
 * Exact values: secrets of this machine, and those that the user named. Confidence 1, wherever they stand, whatever the
 * policy keeps or allows. Escapes are decoded by the scanner and base64 by the walk; what those pass over is looked for
 * in its encoded spelling.
 */
export function knownValueDetectors(secrets: readonly string[], values: readonly KnownValue[]): Detector[] {
  const long = secrets.filter((value) => value.length >= shortestKnown);
  return [
    ...exact(
      'known-value',
      'SECRET',
      long.map((value) => ({ value, entity: 'SECRET' })),
    ),
    ...exact('deny-list', 'CUSTOM', values),
  ];
}

/** Secrets that were recognised elsewhere in the same exchange. */
export function repeatedValueDetectors(values: readonly KnownValue[]): Detector[] {
  return exact('same-exchange', 'SECRET', values, longEnough);
}

function exact(id: string, entity: Entity, values: readonly KnownValue[], inWords = shortestInWords): Detector[] {
  const needles = new Map<string, Needle>();
  for (const each of values) for (const needle of spellings(each, inWords)) needles.set(needle.text, needle);
  const byAnchor = new Map<string, { needle: Needle; offset: number }[]>();
  const byFirst = new Map<string, Needle[]>();
  for (const needle of needles.values()) {
    const { anchor, offset } = anchorOf(needle.text);
    if (anchor.length >= shortestAnchor) listOf(byAnchor, anchor).push({ needle, offset });
    else listOf(byFirst, needle.text.slice(0, 1)).push(needle);
  }
  for (const list of byAnchor.values()) list.sort((a, b) => b.needle.text.length - a.needle.text.length);
  const detectors: Detector[] = [];
  if (byAnchor.size > 0) {
    detectors.push({
      id,
      entity,
      always: true,
      anchors: [...byAnchor.keys()],
      at(text, start, end) {
        for (const { needle, offset } of byAnchor.get(text.slice(start, end).toLowerCase()) ?? []) {
          const span = start < offset ? null : spanOf(text, needle, start - offset);
          if (span !== null) return span;
        }
        return null;
      },
    });
  }
  // Values without three letters of ASCII in a row have no anchor: they are looked for where their first letter stands.
  if (byFirst.size > 0) {
    for (const list of byFirst.values()) list.sort((a, b) => b.text.length - a.text.length);
    detectors.push({
      id: `${id}:plain`,
      entity,
      always: true,
      digits: 0,
      find: (text) => occurrences(text, byFirst),
    });
  }
  return detectors;
}

/** How a value may be written where no layer of the scanner would decode it. */
function* spellings({ value, entity }: KnownValue, inWords: number): Generator<Needle> {
  const apart = value.length < inWords ? wordCharacter : null;
  const forms = new Set([value]);
  if (value.includes(' ')) forms.add(value.replaceAll(' ', '+'));
  if (/[^\x20-\x7e]/.test(value)) addLetters(value, forms);
  if (/[&<>"']/.test(value)) for (const form of [...forms]) addMarkup(form, forms);
  // `DOMAIN\nina` between quotes is read as JSON, where it has a line end in the middle.
  const read = unescapeLayer(value)?.text;
  if (read !== undefined && read.trim().length >= knownValueLength.least) forms.add(read);
  for (const text of forms) yield { text, value, entity, apart };
  for (const alphabet of ['base64', 'base64url'] as const) {
    const text = Buffer.from(value, 'utf8')
      .toString(alphabet)
      .replace(/={1,2}$/, '');
    const [unwrapped] = base64Texts(text);
    if (unwrapped === undefined) yield { text, value, entity, apart: base64Character };
  }
}

/** Letters other than ASCII, composed and decomposed; the scanner decodes percent escapes of ASCII, theirs are bytes. */
function addLetters(value: string, forms: Set<string>): void {
  for (const form of [value, value.normalize('NFC'), value.normalize('NFD')]) {
    const percent = form.replace(/[\u0080-\uffff]+/g, (letters) => encodeURIComponent(letters.toWellFormed()));
    const lower = percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
    for (const each of [form, percent, lower]) forms.add(each).add(each.replaceAll(' ', '+'));
  }
}

/** Text in XML need not escape all of these, and no two libraries write the quotes alike. */
function addMarkup(form: string, forms: Set<string>): void {
  let markup = form;
  for (const [mark, entity] of markupEscapes) {
    markup = markup.replaceAll(mark, entity);
    forms.add(markup).add(markup.replaceAll("'", '&#x27;')).add(markup.replaceAll("'", '&apos;'));
  }
}

/** The first piece of the value, of ASCII alone, that is long enough to look for; its longest where none is. */
function anchorOf(text: string): { anchor: string; offset: number } {
  let anchor = '';
  let offset = 0;
  for (const { 0: run, index } of text.matchAll(/[\x20-\x7e]+/g)) {
    if (Math.min(run.length, longestAnchor) <= anchor.length) continue;
    anchor = run.slice(0, longestAnchor).toLowerCase();
    offset = index;
  }
  return { anchor, offset };
}

function spanOf(text: string, { text: form, value, entity, apart }: Needle, start: number): Span | null {
  if (!text.startsWith(form, start)) return null;
  const end = start + form.length;
  if (apart !== null) {
    const inside = (a: string, b: string) => apart.test(a) && apart.test(b);
    // `=` ends what is encoded, and follows a name: it parts nothing at the front.
    const before = text.charAt(start - 1);
    if (start > 0 && before !== '=' && inside(before, form.charAt(0))) return null;
    const padding = apart === base64Character ? text.slice(end, end + 2).match(/^={0,2}/)?.[0].length : 0;
    const stop = end + (padding ?? 0);
    if (stop < text.length && inside(text.charAt(stop), form.charAt(form.length - 1))) return null;
    return { start, end: stop, confidence: 1, entity, value };
  }
  return { start, end, confidence: 1, entity, value };
}

function occurrences(text: string, byFirst: ReadonlyMap<string, readonly Needle[]>): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    for (const needle of byFirst.get(text.charAt(at)) ?? []) {
      const span = spanOf(text, needle, at);
      if (span === null) continue;
      spans.push(span);
      at = span.end - 1;
      break;
    }
  }
  return spans;
}

function listOf<T>(lists: Map<string, T[]>, name: string): T[] {
  const there = lists.get(name);
  if (there) return there;
  const made: T[] = [];
  lists.set(name, made);
  return made;
}
