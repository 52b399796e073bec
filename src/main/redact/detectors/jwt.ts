import { classes, isIn, runEnd } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/**
 * JSON Web Tokens and their encrypted kin (RFC 7519, 7516): dot-joined base64url whose first part is a JSON object.
 * A token cut inside its payload counts too. Confidence 0.97, 0.9 when the signature is missing.
 */
export const jwtDetector: AnchoredDetector = {
  id: 'jwt',
  entity: 'JWT',
  anchors: ['eyj'],
  at(text, start) {
    if (!text.startsWith('eyJ', start)) return null;
    if (start > 0 && isIn(classes.base64url, text.charCodeAt(start - 1)) && !escaped(text, start)) return null;
    const head = runEnd(text, start, classes.base64url, start + 8192);
    if (head - start < 12 || text.charCodeAt(head) !== 46) return null;
    let end = head;
    let parts = 1;
    while (parts < 5 && text.charCodeAt(end) === 46) {
      const next = runEnd(text, end + 1, classes.base64url);
      if (next === end + 1) break;
      end = next;
      parts++;
    }
    if (end - head < 9) return null;
    return { start, end, confidence: parts >= 3 ? 0.97 : 0.9 };
  },
};

function escaped(text: string, at: number): boolean {
  return at > 1 && text.charCodeAt(at - 2) === 92 && 'nrt'.includes(text.charAt(at - 1));
}
