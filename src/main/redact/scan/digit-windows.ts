import { unitsOf } from '../../ground/units.js';
import { classes, isIn } from './characters.js';

/** Characters before and after a cluster of digits that go with it: words of context, the letters of an IBAN. */
const before = 96;
const after = 64;
/** Texts up to this length are one window. */
const short = 512;

/** Digits that stand close together, whatever separates them. */
export interface DigitCluster {
  start: number;
  end: number;
  digits: number;
}

/** Part of a text, and the most digits that stand close together in it. */
export interface DigitWindow {
  start: number;
  end: number;
  most: number;
}

/** The clusters of at least `least` digits, in order. */
export function digitClusters(text: string, least: number): DigitCluster[] {
  const clusters: DigitCluster[] = [];
  const { length } = text;
  const units = unitsOf(text);
  let digits = 0;
  let start = 0;
  let end = 0;
  for (let at = 0; at < length; at++) {
    const code = units[at] as number;
    if (code > 57 || code < 32) {
      if (digits >= least) clusters.push({ start, end, digits });
      digits = 0;
    } else if (code > 47) {
      if (digits === 0) start = at;
      digits++;
      end = at + 1;
    }
  }
  if (digits >= least) clusters.push({ start, end, digits });
  return clusters;
}

/**
 * The parts of a text around its clusters of at least `least` digits, in order, without overlaps. The patterns for cards,
 * phones and their like look only there.
 */
export function digitWindows(text: string, clusters: readonly DigitCluster[], least: number): DigitWindow[] {
  const windows: DigitWindow[] = [];
  for (const { start: first, end: last, digits } of clusters) {
    if (digits < least) continue;
    const previous = windows[windows.length - 1];
    const whole = text.length <= short;
    const start = whole ? 0 : wordStart(text, Math.max(0, first - before));
    const end = whole ? text.length : Math.min(text.length, last + after);
    if (previous && previous.end >= start) {
      previous.end = end;
      previous.most = Math.max(previous.most, digits);
    } else windows.push({ start, end, most: digits });
  }
  return windows;
}

/** Not inside a word, where half a word could look like a whole number; a longer run than 64 has no word boundary. */
function wordStart(text: string, from: number): number {
  let at = from;
  while (at > 0 && from - at < 64 && isIn(classes.word, text.charCodeAt(at - 1))) at--;
  return at;
}
