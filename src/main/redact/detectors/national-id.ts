import { classes, startsWord } from '../scan/characters.js';
import { tokenRunsOf } from '../scan/token-runs.js';
import { nationalIds } from './national-ids/index.js';
import type { DigitDetector, Span } from './types.js';

/** How many characters before the number are searched for a word that names it. */
const reach = 56;

const end = '(?![A-Za-z0-9_]|[.-][A-Za-z0-9])';

/** So many digits stand close together in most of them. */
const fewest = 4;
/** The others are so long at least, of capitals and digits alone. */
const shortestLettered = 16;

const kinds = nationalIds.map((kind) => ({
  kind,
  shape: new RegExp(`(?:${kind.shape})${end}`, 'y'),
  punctuated: kind.punctuated === undefined ? null : new RegExp(`^(?:${kind.punctuated})$`),
  named: kind.words === undefined ? null : new RegExp(`(?<![a-z])(?:${kind.words})(?![a-z])[^\\n]{0,24}$`, 'i'),
}));
type Kind = (typeof kinds)[number];

/** Kinds by whether they can begin with a digit or with a letter, as their shapes show. */
const fromDigit = kinds.filter(
  ({ kind }) => !/^(?:\(\?:)?\[[A-Z]/.test(kind.shape) || /^(?:\(\?:)?\[[^\]]*\d/.test(kind.shape),
);
const fromLetter = kinds.filter(({ kind }) => !/^\\d|^\d/.test(kind.shape));
const fewestAhead = 6;

/** One pattern that matches wherever one of the kinds does: most numbers are none of them. */
function anyOf(some: readonly Kind[]): RegExp {
  // Groups that are referred to would count on in the joint pattern: what stands in them once and again may differ in it.
  const shapes = some.map(({ kind }) => kind.shape.replaceAll('([ -]?)', '[ -]?').replaceAll('\\1', '[ -]?'));
  return new RegExp(`(?:${shapes.join('|')})${end}`, 'y');
}
const anyFromDigit = anyOf(fromDigit);
const anyFromLetter = anyOf(fromLetter);

/** So many digits follow one another from here, with blanks, dots, dashes or slashes between them at most. */
function hasDigits(text: string, from: number): boolean {
  let digits = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 47 && code < 58) {
      if (++digits === fewestAhead) return true;
    } else if (code !== 32 && (code < 45 || code > 47)) return false;
  }
  return false;
}

function find(text: string): Span[] {
  const spans: Span[] = [];
  let inDigits = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code > 47 && code < 58;
    if (digit && !inDigits) {
      if (startsWord(text, at)) look(text, at, spans);
      const start = lettersBefore(text, at);
      if (start !== -1 && startsWord(text, start)) look(text, start, spans);
    }
    inDigits = digit;
  }
  return spans;
}

/** Where the letters begin that a number whose first digit stands at `at` may begin with; -1 where it has none. */
function lettersBefore(text: string, at: number): number {
  let start = at;
  if (start > 0 && (text.charCodeAt(start - 1) === 32 || text.charCodeAt(start - 1) === 45)) start--;
  const letters = start;
  while (start > 0 && letters - start <= 6 && isLetter(text.charCodeAt(start - 1))) start--;
  return start < letters && letters - start <= 6 ? start : -1;
}

function look(text: string, at: number, spans: Span[]): void {
  const before = text.charCodeAt(at - 1);
  // In the middle of something dotted, dashed or signed.
  if (at > 0 && (before === 46 || before === 43 || before === 45 || before === 95)) return;
  const first = text.charCodeAt(at);
  const digit = first > 47 && first < 58;
  // Most numbers are short: none of these has fewer than six digits at its beginning.
  if (digit && !hasDigits(text, at)) return;
  const any = digit ? anyFromDigit : anyFromLetter;
  any.lastIndex = at;
  if (!any.test(text)) return;
  for (const each of digit ? fromDigit : fromLetter) {
    each.shape.lastIndex = at;
    const match = each.shape.exec(text);
    if (match === null) continue;
    if (!each.kind.valid(match[0].replace(/[ ./-]/g, '').toUpperCase())) continue;
    const confidence = confidenceOf(each, text, at, match[0]);
    if (confidence === 0 || hasNeighbour(text, at, match[0])) continue;
    spans.push({ start: at, end: at + match[0].length, confidence, detector: `national-id:${each.kind.id}` });
  }
}

/** One more group of digits beside it: the beginning or the end of a longer number. */
function hasNeighbour(text: string, at: number, written: string): boolean {
  const mark = /[ -]/.exec(written)?.[0];
  if (mark === undefined) return false;
  const after = text.slice(at + written.length, at + written.length + 4);
  const before = text.slice(Math.max(0, at - 4), at);
  return (after.startsWith(mark) && /^.\d{3}/.test(after)) || (before.endsWith(mark) && /\d{3}.$/.test(before));
}

const isLetter = (code: number) => (code | 32) > 96 && (code | 32) < 123;

function confidenceOf({ kind, named, punctuated }: Kind, text: string, at: number, written: string): number {
  const alone = kind.alone ?? 0;
  if (named?.test(text.slice(Math.max(0, at - reach), at).replace(/[_-]/g, ' '))) return Math.max(0.97, alone);
  return punctuated?.test(written) ? 0.95 : alone;
}

/**
 * National numbers, one file each in national-ids/. Where the check digits are many, or the shape is its own, the number
 * stands for itself with confidence 0.9 to 0.99; where one number in ten would pass by chance, a word that names it must
 * stand before it (0.97). What fails the check is left alone.
 */
export const nationalIdDetectors: readonly DigitDetector[] = [
  { id: 'national-id', entity: 'NATIONAL_ID', digits: fewest, find },
  // Letters stand between their digits: no cluster of digits leads to them.
  ...kinds
    .filter(({ kind }) => kind.digits < fewest)
    .map(({ kind }): DigitDetector => {
      const anywhere = new RegExp(kind.shape, 'g');
      const id = `national-id:${kind.id}`;
      return {
        id,
        entity: 'NATIONAL_ID',
        digits: 0,
        find(text) {
          const spans: Span[] = [];
          for (const { start: from, end: to } of tokenRunsOf(text, classes.capitals, shortestLettered)) {
            for (const { index } of text.slice(from, to).matchAll(anywhere))
              if (startsWord(text, from + index)) look(text, from + index, spans);
          }
          return spans;
        },
      };
    }),
];
