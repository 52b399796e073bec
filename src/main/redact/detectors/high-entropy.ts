import { endingIn } from '../prose/beside.js';
import { classes, runEnd } from '../scan/characters.js';
import { changesIn, lettersInWords, plainKey } from './randomness.js';
import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector, Span } from './types.js';

/** Shorter values are ids, longer ones data. */
const shortest = 24;
const longest = 128;
/** Names whose values are random without being secret. */
const harmless =
  /(?:id|ids|uuid|guid|hash|sha\d{0,3}|md5|digest|checksum|integrity|etag|nonce|cursor|page|offset|fingerprint|thumbprint|commit|revision|rev|version|build|chunk|blob|image|img|icon|font|src|href|url|uri|path|file|data|content|body|text|payload|buffer|base64|b64|wasm|pixel|kid|x5t|trace|span|request|response|thread|run|message|msg|tool|call|snapshot|resolved|tarball|public_?key|pub_?key|certificate|cert|modulus|alphabet|charset|characters|chars|pattern|regex|class|class_?name|style|selector|color|locale|anchor|ref|name|title|label|type|seed|salt|iv|(?:page|next|continuation|sync|cursor|resume)_?token|signature|sig|encrypted_content|thought)$/i;
const telling = /key|secret|token|passw|pwd|credential|auth|bearer|private|signing|cookie|session/i;
const assigned = endingIn(/([A-Za-z_$][\w$.-]{0,63})["'`\])]{0,2}[ \t]{0,4}(?::|=|=>|:=)[ \t]{0,4}$/);
/** `call_…`, `toolu_…`, `sha512-…`, `chunk-…`: what kind of id it is stands before it; keys have detectors of their own. */
const prefixed = /^(?:[a-z]{2,16}|sha\d{1,3}|h1)[_:-]/i;
const sequence = /abcdefgh|ABCDEFGH|01234567|example|EXAMPLE|xxxx|XXXX|0000|AAAA|lorem|test|dummy|sample/;

/**
 * Strings that are too random for words: 24 to 128 characters of base64 or base62 that stand alone as the value of an
 * assignment or setting, or behind `key:` and the like. At least 4.1 bits of entropy per character up to 32
 * characters, 4.5 beyond (random base62 has 4.3 and 5); upper case, lower case and digits, changing at four of ten
 * places, as in no identifier; hexadecimal only under a telling name. Never under names of hashes, ids, data or
 * public keys. Confidence 0.5, and 0.6 under a telling name: whatever else knows the value, wins.
 */
export const highEntropyDetector: AnchoredDetector = {
  id: 'high-entropy',
  entity: 'SECRET',
  anchors: ['="', "='", '= "', "= '", ': "', ": '", ':"', '=`', '= `', 'key:', 'token:', 'secret:', 'credentials:'],
  at(text, _start, end) {
    const last = text.charCodeAt(end - 1);
    if (last === 58) return announced(text, end);
    const stop = runEnd(text, end, classes.base64mix, end + longest + 1);
    const length = stop - end;
    if (length < shortest || length > longest || text.charCodeAt(stop) !== last) return null;
    assigned.lastIndex = end - 1;
    const name = assigned.exec(text)?.[1];
    if (name === undefined || harmless.test(name) || plainKey.test(name)) return null;
    return judge(text, end, stop, telling.test(name));
  },
};

/** `API key:` and the value below it or behind it, with nothing else on its line. */
function announced(text: string, end: number): Span | null {
  const gap = /[ \t]{0,4}(?:\r?\n[ \t>]{0,8}){0,2}`{0,3}/y;
  gap.lastIndex = end;
  gap.test(text);
  const from = gap.lastIndex;
  const stop = runEnd(text, from, classes.base64mix, from + longest + 1);
  if (
    stop - from < shortest ||
    stop - from > longest ||
    !/^`{0,3}[ \t]{0,4}(?:[\r\n]|$)/.test(text.slice(stop, stop + 8))
  )
    return null;
  // Public keys and fingerprints are announced too, and are hexadecimal.
  if (/^[0-9a-fA-F]+$/.test(text.slice(from, stop))) return null;
  return judge(text, from, stop, true);
}

function judge(text: string, start: number, end: number, named: boolean): Span | null {
  const value = text.slice(start, end);
  if (prefixed.test(value) || sequence.test(value) || isStandIn(value)) return null;
  const hex = /^[0-9a-f]+$/i.test(value);
  if (hex) return named && value.length >= 32 && entropy(value) > 3.2 ? { start, end, confidence: 0.6 } : null;
  if (!/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/\d/.test(value)) return null;
  if (value.split('/').length > 1 + value.length / 16 || value.split('-').length > 1 + value.length / 16) return null;
  if (lettersInWords(value) > 0.3 * value.length) return null;
  if (changesIn(value) < 0.4 * (value.length - 1) || entropy(value) < (value.length > 32 ? 4.5 : 4.1)) return null;
  return { start, end, confidence: named ? 0.6 : 0.5 };
}

/** Bits per character (Shannon). */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
