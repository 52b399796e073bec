import { classes, isIn, runEnd, runStart } from '../scan/characters.js';
import { isScrambledKey, plainKey } from './randomness.js';
import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

const longestName = 64;
const longestValue = 512;
/** On the line before a name that is no more than `key`: what is done with keys that open something. */
const using = /(?:^|[^A-Za-z])(?:using|api|auth|access|secret|private|license|licence|token|credential)[^\n=:]{0,40}$/i;
/** What opens something, said before it. */
const opening = /(?:api|auth|access|secret|private|license|licence|token|credential)s?[ _-]{0,2}$/i;
/** The same in the name itself. */
const telling = /api|access|secret|private|licen[sc]e|encrypt|sign|master|auth/i;
const joint = /(?:\\{0,3}["'`])?[ \t]{0,2}(?::?=|:(?![:/]))[ \t]{0,2}(?:\\{0,3}["'`])?/y;
const value = /[\w+/=.~:@$%^&!*|-]{16,512}/y;

/**
 * `partner_key: "x7…"`, `weatherAuth := "…"`, `using key=…`: random letters and digits under a name that ends in key or auth and
 * speaks of no key of a map or a cache. Confidence 0.65; hexadecimal and ids only behind words that say what the key is for.
 */
export const randomKeyDetector: AnchoredDetector = {
  id: 'random-key',
  entity: 'API_KEY',
  context: true,
  anchors: ['key=', 'key:', 'key"', "key'", 'key =', 'key :', 'auth=', 'auth:', 'auth"', "auth'", 'auth ='],
  at(text, start, anchorEnd) {
    const to = runEnd(text, start, classes.base62, anchorEnd);
    joint.lastIndex = to;
    if (!joint.test(text)) return null;
    const at = joint.lastIndex;
    const from = runStart(text, start, classes.identifier, start - longestName);
    const name = text.slice(from, to);
    if (plainKey.test(name)) return null;
    value.lastIndex = at;
    if (!value.test(text)) return null;
    let end = value.lastIndex;
    while (end > at && /[.:,|&!-]/.test(text.charAt(end - 1))) end--;
    const found = text.slice(at, end);
    if (end - at >= longestValue || !isScrambledKey(found) || isStandIn(found)) return null;
    // Calls, members and paths go on behind what looks like a value; a query goes on with the next parameter.
    if (/[({[\\]/.test(text.charAt(end)) || isIn(classes.word, text.charCodeAt(end))) return null;
    const line = text.slice(Math.max(0, from - 80), from).replace(/^[^\n]*\n/s, '');
    const named = telling.test(name);
    if (isId(found) && !named && !opening.test(line)) return null;
    if (plainKey.test(`${line.slice(-24).trim().replace(/ /g, '_')}_${name}`)) return null;
    if (/^(?:key|auth)$/i.test(name) && !named && !using.test(line)) return null;
    return { start: at, end, confidence: 0.65 };
  },
};

/** Digests and ids, which stand under names of keys too. */
function isId(found: string): boolean {
  return /^[0-9a-f-]+$/i.test(found) || /^(?:sha\d{1,3}|md5)[:-]/i.test(found);
}
