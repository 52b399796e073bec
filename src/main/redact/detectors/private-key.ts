import { classes, isIn, runEnd } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/** Longest block looked at for its END line: a 16,384-bit RSA key in PEM has some 13,000 characters. */
const longest = 32_768;
const label = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const putty = /PuTTY-User-Key-File-\d: /y;
/** What may stand between BEGIN and END, in a file, a diff, a quotation or a string literal. */
const body = /^[A-Za-z0-9+/=\s\\:,."'>|#*()-]*$/;

/**
 * PEM and PGP private keys and PuTTY key files, with real or escaped line ends; a block cut before its END line runs
 * as far as its lines of base64 do. Confidence 1.
 */
export const privateKeyDetector: AnchoredDetector = {
  id: 'private-key',
  entity: 'PRIVATE_KEY',
  anchors: ['-----begin', 'putty-user-key-file-'],
  at(text, start) {
    putty.lastIndex = start;
    if (putty.test(text)) {
      const end = lastKeyLine(text, putty.lastIndex);
      return end === putty.lastIndex ? null : { start, end, confidence: 1 };
    }
    label.lastIndex = start;
    if (!label.test(text)) return null;
    const from = label.lastIndex;
    // Base64 has no dashes: the next five belong to END, or this block was cut.
    const close = text.indexOf('-----', from);
    if (
      close !== -1 &&
      close - from < longest &&
      text.startsWith('END ', close + 5) &&
      body.test(text.slice(from, close))
    ) {
      const tail = text.slice(close + 9, close + 109).indexOf('-----');
      return { start, end: close + 9 + (tail === -1 ? 0 : tail + 5), confidence: 1 };
    }
    const end = lastKeyLine(text, from);
    return end === from ? null : { start, end, confidence: 1 };
  },
};

/** End of the last line of base64 after `from`; empty and `Name: value` lines may stand between them. */
function lastKeyLine(text: string, from: number): number {
  let end = from;
  let at = from;
  while (at < text.length) {
    at = skipBreaks(text, at);
    const stop = runEnd(text, at, classes.base64);
    const ends = stop >= text.length || !isIn(classes.base62, text.charCodeAt(stop));
    if (stop - at >= 16 && ends && text.charCodeAt(stop) !== 58) {
      end = stop;
      at = stop;
      continue;
    }
    const header = /[A-Za-z-]{1,40}: {0,2}[^\n\\"]{0,200}(?=\n|\r|\\n|\\r)/y;
    header.lastIndex = at;
    if (!header.test(text)) break;
    at = header.lastIndex;
  }
  return end;
}

function skipBreaks(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13 || code === 32 || code === 9) at++;
    else if (code === 92) {
      let letter = at;
      while (text.charCodeAt(letter) === 92) letter++;
      const next = text.charAt(letter);
      if (next === 'n' || next === 'r' || next === 't') at = letter + 1;
      else if (/^u000[adAD9]/.test(text.slice(letter, letter + 5))) at = letter + 5;
      else return at;
    } else return at;
  }
  return at;
}
