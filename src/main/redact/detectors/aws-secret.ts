import { classes, isIn, runEnd, startsWord } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/** How far after an access key id its secret is looked for. */
const reach = 200;

/** A 40-character secret access key shortly after an AWS access key id. Confidence 0.9. */
export const awsSecretDetector: AnchoredDetector = {
  id: 'aws-secret',
  entity: 'CLOUD_KEY',
  anchors: ['akia', 'asia'],
  at(text, start, end) {
    if (!startsWord(text, start) || runEnd(text, end, classes.upper, end + 17) !== end + 16) return null;
    const limit = Math.min(text.length, end + reach);
    let at = end + 16;
    while (at < limit) {
      while (at < limit && !isIn(classes.base64, text.charCodeAt(at))) at++;
      let stop = runEnd(text, at, classes.base64, at + 80);
      let from = at;
      while (text.charCodeAt(from) === 61 && from < stop) from++;
      while (text.charCodeAt(stop - 1) === 61 && stop > from) stop--;
      if (stop - from === 40) {
        const value = text.slice(from, stop);
        if (/[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value)) {
          return { start: from, end: stop, confidence: 0.9 };
        }
      }
      at = Math.max(stop, at + 1);
    }
    return null;
  },
};
