import { classes, runEnd } from '../scan/characters.js';
import { tokenRunsOf } from '../scan/token-runs.js';
import type { DigitDetector, Span } from './types.js';

/** Of the first part, and from where on it is none. */
const shortest = 23;
const longest = 28;

/**
 * Discord bot tokens: base64 of the user id (starts with M, N or O), a time and a signature, joined by dots.
 * The only fixed characters are the dots, so it looks behind runs of base64 and checks the lengths. Confidence 0.93.
 */
export const discordDetector: DigitDetector = {
  id: 'token:discord',
  entity: 'TOKEN',
  digits: 0,
  find(text) {
    const spans: Span[] = [];
    for (const { start, end: dot } of tokenRunsOf(text, classes.base64url, shortest)) {
      if (dot - start > longest || text.charCodeAt(dot) !== 46 || text.charCodeAt(dot + 7) !== 46) continue;
      if (!/[MNO]/.test(text.charAt(start))) continue;
      if (runEnd(text, dot + 1, classes.base64url, dot + 8) !== dot + 7) continue;
      const end = runEnd(text, dot + 8, classes.base64url, dot + 8 + 64);
      if (end - dot - 8 >= 25) spans.push({ start, end, confidence: 0.93 });
    }
    return spans;
  },
};
