import { classes, isIn } from '../scan/characters.js';
import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

/**
 * Query parameters whose short names only mean a secret inside a URL: `?key=…`, `&sig=…`, `&code=…`.
 * Confidence 0.75; the value must be long and not a word, because `?key=name` is common in code.
 */
export const urlParameterDetector: AnchoredDetector = {
  id: 'url-parameter',
  entity: 'SECRET',
  context: true,
  anchors: ['key=', 'sig=', 'auth=', 'code=', 'hmac=', 'jwt=', 'sid='],
  at(text, start, end) {
    const before = text.charCodeAt(start - 1);
    if (start === 0 || (before !== 63 && before !== 38 && before !== 35)) return null;
    let stop = end;
    const limit = Math.min(text.length, end + 4096);
    while (stop < limit && (isIn(classes.token, text.charCodeAt(stop)) || text.charCodeAt(stop) === 37)) stop++;
    const value = text.slice(end, stop);
    if (value.length < 12 || isStandIn(value)) return null;
    if (!/\d/.test(value) && !/[a-z][A-Z]|[A-Z][a-z]/.test(value)) return null;
    if (/^\d+$/.test(value)) return null;
    return { start: end, end: stop, confidence: 0.75 };
  },
};
