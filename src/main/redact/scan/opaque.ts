import { classes, runEnd, runStart } from './characters.js';

/** The two alphabets of RFC 4648: a run of one never holds what marks the other off. */
const alphabets = [classes.base64body, classes.base64url];

/** So much of a run has to stand beside a find for the find to be a part of it. */
const least = 24;
/** From so much on, what is neither words nor a path is plain from the mix of its letters. */
const plenty = 200;
/** Characters of the run that are looked at on either side. */
const window = 512;
/** So far back its beginning is looked for, where the run fills that. */
const furthest = 64 * 1024;
/** Bytes that are all alike, as files are filled up with: no word, key or path has such a row. */
const filling = /([A-Za-z0-9/])\1{31}/;
/** How the base64 of usual files begins: JPEG, PNG, GIF, WebP, PDF, ZIP, gzip, ID3, Ogg, WOFF, BMP, MP4. */
const beginnings =
  /^(?:\/9j\/|iVBORw0KGgo|R0lGOD|UklGR|JVBERi0|UEsDB|H4sI|SUQz|T2dnUw|d09G[RM]|Qk0|AAAA(?:[A-Za-z0-9+/]{2})Z0eXA)/;

/**
 * Whether a span lies inside an unbroken run of base64 that goes on beside it: an image, a signature, an encrypted block.
 * What looks like a key there is chance, and a character changed breaks the whole.
 */
export function isInsideOpaque(text: string, start: number, end: number): boolean {
  return alphabets.some((bits) => {
    if (runEnd(text, start, bits, end) !== end) return false;
    const from = runStart(text, start, bits, start - window);
    const to = runEnd(text, end, bits, end + window);
    const beside = start - from + (to - end);
    if (beside < least) return false;
    const first = from > start - window ? from : runStart(text, start, bits, start - furthest);
    if (beginnings.test(text.slice(first, first + 16))) return true;
    const run = text.slice(from, start) + text.slice(end, to);
    return (run.length >= plenty && filling.test(run)) || isRandom(run);
  });
}

/** What could be a part of an id in hexadecimal: groups of it, and what stands between them. */
const hexGroups = /^[0-9A-Fa-f]{1,34}(?:[ .-][0-9A-Fa-f]{1,12}){0,11}$/;
const groupsAfter = /^([.-])[0-9A-Fa-f]{2,32}(?:\1[0-9A-Fa-f]{2,32}){0,6}(?![0-9A-Za-z])/;
const groupsBefore = /(?<![0-9A-Za-z])[0-9A-Fa-f]{2,32}([.-])(?:[0-9A-Fa-f]{2,32}\1){0,6}$/;
/** A group that is neither a number nor a word. */
const mixedGroup = /\d[A-Fa-f]|[A-Fa-f]\d/;
const longestHex = 64;
/** Groups of a dump that are looked at on either side, and how long they are. */
const mostGroups = 4;
const dumpLengths = new Set([2, 4, 8]);

/**
 * Whether a span is a part of an id of groups (`00617097-7903-4381-a3dc-…`), or of a dump in hexadecimal (`563e 4037 3330
 * 3694 …`), which goes on beside it with letters: its digits are a phone or a card by chance.
 */
export function isInsideHex(text: string, start: number, end: number): boolean {
  if (end - start > longestHex) return false;
  const span = text.slice(start, end);
  if (!hexGroups.test(span)) return false;
  const after = text.slice(end, end + longestHex);
  const before = text.slice(Math.max(0, start - longestHex), start);
  for (const [pattern, side] of [[groupsAfter, after] as const, [groupsBefore, before] as const]) {
    const groups = pattern.exec(side)?.[0];
    if (groups !== undefined && mixedGroup.test(groups)) return true;
  }
  const own = span.split(' ');
  const length = own[0]?.length ?? 0;
  if (own.length < 2 || !dumpLengths.has(length) || own.some((group) => group.length !== length)) return false;
  const following = after.split(/\s/, mostGroups + 1).slice(1);
  const preceding = before
    .split(/\s/)
    .slice(-mostGroups - 1, -1)
    .reverse();
  const beside = [...hexOf(following, length), ...hexOf(preceding, length)];
  return beside.length > 1 && beside.some((group) => mixedGroup.test(group));
}

/** The nearest groups, as long as they are hexadecimal and of this length. */
function hexOf(groups: readonly string[], length: number): readonly string[] {
  const end = groups.findIndex((group) => group.length !== length || !/^[0-9A-Fa-f]+$/.test(group));
  return end === -1 ? groups : groups.slice(0, end);
}

/** Letters of both cases and digits as chance mixes them, without the words and separators of names and paths. */
function isRandom(run: string): boolean {
  let [upper, lower, digits, words, longestWord] = [0, 0, 0, 0, 0];
  for (let at = 0; at < run.length; at++) {
    const code = run.charCodeAt(at);
    const isLower = code >= 97 && code <= 122;
    words = isLower ? words + 1 : 0;
    longestWord = Math.max(longestWord, words);
    if (isLower) lower++;
    else if (code >= 65 && code <= 90) upper++;
    else if (code >= 48 && code <= 57) digits++;
  }
  const separators = run.length - upper - lower - digits;
  if (separators * 12 > run.length + 12) return false;
  if (run.length < plenty && longestWord >= 7) return false;
  // Zeros of a file are a row of one letter: few of the others are enough in a long run.
  const share = run.length < plenty ? 10 : 40;
  return upper * share >= run.length && lower * share >= run.length && digits * 40 >= run.length;
}
