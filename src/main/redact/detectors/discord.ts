import { classes, isIn, runEnd, runStart } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/**
 * Discord bot tokens: base64 of the user id (starts with M, N or O), a time and a signature, joined by dots.
 * The only fixed characters are the dots, so it looks around `.` and checks the lengths. Confidence 0.93.
 */
export const discordDetector: AnchoredDetector = {
  id: 'token:discord',
  entity: 'TOKEN',
  anchors: ['.'],
  at(text, dot) {
    if (text.charCodeAt(dot + 7) !== 46) return null;
    if (runEnd(text, dot + 1, classes.base64url, dot + 8) !== dot + 7) return null;
    const start = runStart(text, dot, classes.base64url, dot - 32);
    const length = dot - start;
    if (length < 23 || length > 28 || !/[MNO]/.test(text.charAt(start))) return null;
    if (start > 0 && isIn(classes.base62, text.charCodeAt(start - 1))) return null;
    const end = runEnd(text, dot + 8, classes.base64url, dot + 8 + 64);
    return end - dot - 8 < 25 ? null : { start, end, confidence: 0.93 };
  },
};
