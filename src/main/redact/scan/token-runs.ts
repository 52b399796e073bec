import { classes, isIn, runEnd } from './characters.js';

/** Shorter runs are words. */
const shortest = 16;
const none: readonly TokenRun[] = [];

/** A run of letters, digits, `+`, `/`, `-` and `_`: what ids, keys and encoded bytes are made of. */
export interface TokenRun {
  start: number;
  end: number;
}

let last: { text: string; runs: readonly TokenRun[] } | null = null;

/**
 * The runs of at least 16 such characters. Reads backwards from where each would have to reach: of other text only some
 * characters are looked at. The answer for the last text is kept, because several detectors ask for it.
 */
export function tokenRuns(text: string): readonly TokenRun[] {
  if (text.length < shortest) return none;
  if (last !== null && last.text === text) return last.runs;
  const runs: TokenRun[] = [];
  let at = 0;
  while (at + shortest <= text.length) {
    let back = at + shortest - 1;
    while (back >= at && isIn(classes.base64any, text.charCodeAt(back))) back--;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    const end = runEnd(text, at + shortest, classes.base64any);
    runs.push({ start: at, end });
    at = end + 1;
  }
  last = { text, runs };
  return runs;
}

/** The runs of at least `least` characters of a class that lies within theirs. */
export function* tokenRunsOf(text: string, bits: Uint8Array, least: number): Generator<TokenRun> {
  for (const { start, end } of tokenRuns(text)) {
    for (let at = start; end - at >= least; ) {
      const stop = runEnd(text, at, bits, end);
      if (stop - at >= least) yield { start: at, end: stop };
      at = stop + 1;
    }
  }
}
