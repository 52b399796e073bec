import type { DigitDetector, Span } from './types.js';

const dashed =
  /(?:(?<![\w.+-])|(?<=[A-Za-z_]-)|(?<=\\[nrt]))(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w]|[.-]\d)/g;
const bare = /(?:(?<![\w.+-])|(?<=\\[nrt]))(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}(?![\w]|[.-]\d)/g;
const context = /\b(?:ssn|ss#|social[ _-]?security|soc[ _]sec|tax[ _]?payer|itin)\b|(?:ssn|socialSecurity)/i;
/** How many characters before the number are searched for context. */
const reach = 48;

/**
 * US social security numbers within the ranges the SSA issues. Confidence 0.9 with dashes, 0.85 with spaces or bare
 * digits after a word that names them; without one those are left alone.
 */
export const ssnDetector: DigitDetector = {
  id: 'ssn',
  entity: 'SSN',
  digits: 9,
  find(text) {
    const spans: Span[] = [];
    for (const match of text.matchAll(dashed)) {
      const end = match.index + match[0].length;
      if (match[1] === '-') spans.push({ start: match.index, end, confidence: 0.9 });
      else if (named(text, match.index)) spans.push({ start: match.index, end, confidence: 0.85 });
    }
    for (const match of text.matchAll(bare)) {
      if (named(text, match.index)) {
        spans.push({ start: match.index, end: match.index + match[0].length, confidence: 0.85 });
      }
    }
    return spans;
  },
};

function named(text: string, at: number): boolean {
  return context.test(text.slice(Math.max(0, at - reach), at));
}
