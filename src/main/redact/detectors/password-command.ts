import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

const identified =
  /identified(?:\s{1,4}with\s{1,4}["'`]?\w{1,64}["'`]?)?\s{1,4}(?:by|as|using)\s{1,4}(?:password\s{1,4})?(?:(["'])((?:[^"'\\\r\n]|\\.){3,256})\1|([^\s"'`;,)\\]{6,128}))/iy;
const role = /password(?:\s{1,4}|\s{0,2}\(\s{0,2})(?:(["'])((?:[^"'\\\r\n]|\\.){3,256})\1|([^\s"'`;,()\\]{6,128}))/iy;
const statement =
  /\b(?:(?:create|alter) (?:user|role|login|group)|grant|mysql\.user|set password)\b[^;]{0,200}$|\b(?:with|encrypted)\s{1,4}$|^set\s{1,4}$/im;
const secure =
  /convertto-securestring\s{1,4}(?:-(?:string|asplaintext|force|key)\s{1,4}){0,4}(?:(["'])([^"'\r\n]{3,256})\1|([^\s"'`;,()$-][^\s"'`;,()]{5,127}))/iy;

/**
 * Passwords that commands set: SQL's `IDENTIFIED [WITH plugin] BY '…'` (MySQL, MariaDB, Oracle) and `PASSWORD '…'` (PostgreSQL),
 * PowerShell's `ConvertTo-SecureString "…"`. Confidence 0.9.
 */
export const passwordCommandDetector: AnchoredDetector = {
  id: 'password-command',
  entity: 'PASSWORD',
  context: true,
  anchors: ['identified ', 'password ', 'password(', 'convertto-securestring'],
  at(text, start, end) {
    const word = text.slice(start, end).toLowerCase();
    const pattern = word.startsWith('i') ? identified : word.startsWith('p') ? role : secure;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match === null) return null;
    const [, quote, quoted, bare = ''] = match;
    const password = quoted ?? bare;
    // Without quotes it is one where no word could be: `PASSWORD EXPIRE INTERVAL`, `identified by its number`.
    if (isStandIn(password) || (quote === undefined && !(/\d/.test(bare) && /[A-Za-z]/.test(bare)))) return null;
    if (pattern !== secure && !statement.test(text.slice(Math.max(0, start - 240), start))) return null;
    const stop = pattern.lastIndex - (quote === undefined ? 0 : 1);
    return { start: stop - password.length, end: stop, confidence: 0.9 };
  },
};
