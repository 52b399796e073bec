import { classes, isIn, runStart } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

const localExtra = new Set([..."!#$%&'*+/=?^_`{|}~.-"].map((c) => c.charCodeAt(0)));
/** Beginnings of a local part that belong to the sentence, the path or the query around it. */
const leading = /^(?:[^@]*[/=?&|{}`'#$!*^~])?[^A-Za-z0-9_\u0080-\uffff]*/;
/** What ends like a host name in code and file names and is none. */
const notDomains = new Set(
  'tool tooltip setter getter deleter fixture parametrize mark task wraps handler validator option argument route subscribe register decorator command step given then when before after cached property memoize overload js ts jsx tsx mjs cjs json png jpg jpeg gif svg webp ico css scss html tgz gz zip yml yaml toml lock txt dist map grad data value weight shape dtype service socket target timer mount automount slice scope swap'.split(
    ' ',
  ),
);

/**
 * E-mail addresses (RFC 5321 without quoted local parts, RFC 6531 letters). Confidence 0.95.
 * Left alone: scoped package names, `git@host:path`, retina file names, matrix products in code.
 */
export const emailDetector: AnchoredDetector = {
  id: 'email',
  entity: 'EMAIL',
  anchors: ['@'],
  at(text, at) {
    let start = at;
    while (start > 0 && at - start < 64 && isLocal(text.charCodeAt(start - 1))) start--;
    if (start === at) return null;
    const cut = leading.exec(text.slice(start, at));
    if (cut) start += cut[0].length;
    if (start > 1 && text.charCodeAt(start - 1) === 92 && /^[nrt]/.test(text.slice(start, at))) start++;
    if (start >= at || text.charCodeAt(at - 1) === 46) return null;
    // `$DB_PASSWORD@host`: a variable before a host.
    if (text.charAt(start - 1) === '$') return null;
    const local = text.slice(start, at);
    if (local.includes('..')) return null;

    let end = at + 1;
    while (end < text.length && end - at < 254 && isDomain(text.charCodeAt(end))) end++;
    let domain = text.slice(at + 1, runStart(text, end, classes.dots, at + 1));
    while (domain.includes('.')) {
      const labels = domain.split('.');
      const last = labels[labels.length - 1] as string;
      if (labels.every(isLabel) && isTopLevel(last)) break;
      // A sentence may go on after the dot without a space: take the address as far as it is one.
      if (!labels.slice(0, 2).every(isLabel)) return null;
      domain = labels.slice(0, -1).join('.');
    }
    if (!domain.includes('.')) return null;
    end = at + 1 + domain.length;
    if (/^git$/i.test(local) && text.charCodeAt(end) === 58) return null;
    return { start, end, confidence: 0.95 };
  },
};

function isLocal(code: number): boolean {
  return isIn(classes.base62, code) || localExtra.has(code) || (code > 0xa0 && isLetter(code));
}

function isDomain(code: number): boolean {
  return isIn(classes.base62, code) || code === 45 || code === 46 || (code > 0xa0 && isLetter(code));
}

function isLetter(code: number): boolean {
  return /\p{L}/u.test(String.fromCharCode(code));
}

function isLabel(label: string): boolean {
  return label.length > 0 && label.length < 64 && !label.startsWith('-') && !label.endsWith('-');
}

function isTopLevel(label: string): boolean {
  return (
    label.length >= 2 && /^(?:\p{L}{2,24}|xn--[a-z0-9-]{2,40})$/iu.test(label) && !notDomains.has(label.toLowerCase())
  );
}
