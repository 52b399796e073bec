/** Characters before and after a cluster of digits that go with it: words of context, the letters of an IBAN. */
const before = 96;
const after = 64;
/** Texts up to this length are one window. */
const short = 512;

/**
 * The parts of a text where at least `least` digits stand close together, whatever separates them, as [start, end)
 * pairs in order, without overlaps. The patterns for cards, phones and their like look only there.
 */
export function digitWindows(text: string, least: number): [start: number, end: number][] {
  if (text.length <= short) return [[0, text.length]];
  const windows: [number, number][] = [];
  let digits = 0;
  let first = 0;
  let last = 0;
  const close = (): void => {
    if (digits >= least) {
      const start = wordStart(text, Math.max(0, first - before));
      const end = Math.min(text.length, last + after);
      const previous = windows[windows.length - 1];
      if (previous && previous[1] >= start) previous[1] = end;
      else windows.push([start, end]);
    }
    digits = 0;
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 47 && code < 58) {
      if (digits === 0) first = at;
      digits++;
      last = at + 1;
    } else if ((code > 57 || code < 32) && digits > 0) close();
  }
  close();
  return windows;
}

/** Not inside a word, where half a word could look like a whole number; a longer run than 64 has no word boundary. */
function wordStart(text: string, from: number): number {
  let at = from;
  while (at > 0 && from - at < 64 && /\w/.test(text.charAt(at - 1))) at--;
  return at;
}
