import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

/** `Cookie: a=b; c=d` and `Set-Cookie: …` in text: everything from the first value to the line's end. Confidence 0.84. */
export const cookieDetector: AnchoredDetector = {
  id: 'cookie',
  entity: 'COOKIE',
  context: true,
  anchors: ['cookie:', 'cookie":', "cookie':", 'cookie\\":'],
  at(text, _start, end) {
    const opening = /[ \t]{0,4}\\{0,3}["']?[ \t]{0,2}[\w.$%!#^`|~*+-]{1,128}=/y;
    opening.lastIndex = end;
    if (!opening.test(text)) return null;
    const start = opening.lastIndex;
    const window = text.slice(start, start + 8192);
    const offset = window.search(/[\r\n"'`\\<>]/);
    const stop = start + (offset === -1 ? window.length : offset);
    const value = text.slice(start, stop);
    return value.length < 4 || isStandIn(value) ? null : { start, end: stop, confidence: 0.84 };
  },
};
