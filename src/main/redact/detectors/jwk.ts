import { classes, runEnd } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/** How far from a private member the type of its key is looked for. */
const reach = 2048;

/** Private members of a JSON Web Key (RFC 7518, 6.2.2, 6.3.2, 6.4.1). */
export const jwkPrivate = /^(?:d|p|q|dp|dq|qi|k)$/;
export const jwkType = /^(?:RSA|EC|OKP|oct|AKP)$/;

/** The private members of a JSON Web Key where it stands in text; as JSON its keys say it. Confidence 0.95. */
export const jwkDetector: AnchoredDetector = {
  id: 'jwk',
  entity: 'PRIVATE_KEY',
  context: true,
  anchors: ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].map((member) => `"${member}"`),
  at(text, _start, end) {
    const opening = /\s{0,4}:\s{0,8}"/y;
    opening.lastIndex = end;
    if (!opening.test(text)) return null;
    const at = opening.lastIndex;
    const stop = runEnd(text, at, classes.base64url, at + 4096);
    if (stop - at < 20 || !/"kty"\s{0,4}:/.test(text.slice(Math.max(0, at - reach), stop + reach))) return null;
    return { start: at, end: stop, confidence: 0.95 };
  },
};
