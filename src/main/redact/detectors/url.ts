import { startsWord } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/** Marks of the sentence behind an address. */
const mostCut = 8;
const host = /(?:[^\s/?#@<>"'`\\]{1,256}@)?[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?(?::\d{1,5})?/uy;
const rest = /[/?#][^\s<>"'`\\{}|^]{0,2048}/y;
const domain = /[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){1,6}/y;
/** Hosts that every machine has. */
const nobody =
  /^(?:localhost|127\.|0\.0\.0\.0|\[|example\.(?:com|org|net)|.*\.(?:local|localhost|internal|test|invalid|example)(?::|$))/i;

/**
 * Web addresses (RFC 3986) with their scheme or `www.`, to the end of the path and query. Confidence 0.6: whatever is
 * more exact in one (a token, an e-mail address) wins over it. The policy keeps them unless it says otherwise.
 */
export const urlDetector: AnchoredDetector = {
  id: 'url',
  entity: 'URL',
  anchors: ['http://', 'https://', 'ftp://', 'www.'],
  at(text, start, end) {
    if (!startsWord(text, start)) return null;
    const www = text.charCodeAt(end - 1) === 46;
    const pattern = www ? domain : host;
    pattern.lastIndex = end;
    const authority = pattern.exec(text)?.[0];
    if (authority === undefined || nobody.test(authority.slice(authority.lastIndexOf('@') + 1))) return null;
    let stop = pattern.lastIndex;
    rest.lastIndex = stop;
    if (rest.test(text)) stop = rest.lastIndex;
    for (let cut = 0; cut < mostCut && stop > end && endsSentence(text, start, stop); cut++) stop--;
    return { start, end: stop, confidence: 0.6 };
  },
};

/** Whether the last character is the sentence's: a full stop, or a bracket that was opened before the address. */
function endsSentence(text: string, start: number, stop: number): boolean {
  const last = text.charAt(stop - 1);
  if (/[.,;:!?*_]/.test(last)) return true;
  if (last !== ')' && last !== ']') return false;
  const address = text.slice(start, stop);
  return address.split(last).length > address.split(last === ')' ? '(' : '[').length;
}
