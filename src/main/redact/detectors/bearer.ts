import { classes, isIn, runEnd, runStart } from '../scan/characters.js';
import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

/** `Bearer x`, `Basic x`, `Authorization: Token x` in text: the value, not the scheme. Confidence 0.86. */
export const bearerDetector: AnchoredDetector = {
  id: 'bearer',
  entity: 'TOKEN',
  context: true,
  anchors: ['bearer', 'basic', 'authorization'],
  at(text, start, end) {
    if (start > 0 && isIn(classes.base62, text.charCodeAt(start - 1))) {
      const before = text.slice(Math.max(0, start - 2), start);
      if (!/^\\[nrt]$/.test(before)) return null;
    }
    const word = text.slice(start, end).toLowerCase();
    let at = end;
    if (word === 'authorization') {
      const opening = /\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?([A-Za-z][A-Za-z0-9-]{1,24})[ \t]{1,4}/y;
      opening.lastIndex = at;
      const scheme = opening.exec(text)?.[1]?.toLowerCase();
      if (scheme === undefined || scheme === 'bearer' || scheme === 'basic') return null;
      at = opening.lastIndex;
    } else {
      at = runEnd(text, end, classes.space, end + 4);
      if (at === end) {
        const encoded = /%20|\+/y;
        encoded.lastIndex = end;
        if (!encoded.test(text)) return null;
        at = encoded.lastIndex;
      }
    }
    const stop = runEnd(text, at, classes.token, at + 8192);
    const value = text.slice(at, runStart(text, stop, classes.padding, at));
    const least = word === 'basic' ? 12 : 10;
    if (value.length < least || isStandIn(value)) return null;
    // Words follow these words in prose: `bearer authentication`, `basic understanding`.
    const random = /\d/.test(value) || (word !== 'basic' && value.length >= 24) || /[a-z][A-Z]/.test(value);
    if (!random || (word === 'basic' && !isBasic(value))) return null;
    return { start: at, end: stop, confidence: 0.86 };
  },
};

/** RFC 7617: base64 of `user:password`. */
export function isBasic(value: string): boolean {
  return /^[A-Za-z0-9+/_-]{8,8192}={0,2}$/.test(value) && Buffer.from(value, 'base64').includes(58);
}
