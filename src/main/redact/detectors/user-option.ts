import { isScrambledKey } from './randomness.js';
import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

const value = /[ =]{0,2}\\{0,3}["']?([A-Za-z0-9][\w.@+-]{0,127}):([^\s"'`\\<>|;&]{3,256})/y;
/** `curl -u TOKEN:`: a key in the name's place, and no password. */
const nameAlone = /[ =]{0,2}\\{0,3}["']?([\w.@+-]{16,256}):(?=\\{0,3}["']?(?:\s|$))/y;
const fetched = /\b(?:curl|wget|http|https|xh)\b[^\n|;]{0,400}$/;

const short =
  /(?: [^\n|;&]{0,120})? (?:-p(?! )|--password[ =]|-p ?(?<=(?:sshpass|login)[^\n|;&]{0,124}))\\{0,3}["']?([^\s"'`\\<>|;&]{3,128})/y;

/**
 * `mysql -u root -pSECRET`, `sshpass -p SECRET`, `docker login -p SECRET`: the password right behind the letter.
 * Confidence 0.85; `-p 8080:80` and the like are no passwords.
 */
export const passwordOptionDetector: AnchoredDetector = {
  id: 'password-option',
  entity: 'PASSWORD',
  context: true,
  anchors: ['mysql', 'mysqldump', 'mysqladmin', 'mariadb', 'sshpass', 'docker login', 'podman login'],
  at(text, _start, end) {
    short.lastIndex = end;
    const password = short.exec(text)?.[1];
    if (password === undefined || isStandIn(password) || /^[\d:]+$|^-|^\/|^assword/.test(password)) return null;
    return { start: short.lastIndex - password.length, end: short.lastIndex, confidence: 0.85 };
  },
};

const netrc = /\s{1,4}(\S{1,128})\s{1,4}(?:account\s{1,4}\S{1,128}\s{1,4})?password\s{1,4}([^\s"'`\\]{3,256})/y;

/** `machine HOST login NAME password SECRET` of .netrc files. Confidence 0.9. */
export const netrcDetector: AnchoredDetector = {
  id: 'netrc',
  entity: 'PASSWORD',
  context: true,
  anchors: [' login', '\nlogin', '\tlogin'],
  at(text, start, end) {
    if (!text.slice(Math.max(0, start - 160), start).includes('machine')) return null;
    netrc.lastIndex = end;
    const password = netrc.exec(text)?.[2];
    if (password === undefined || isStandIn(password)) return null;
    return { start: netrc.lastIndex - password.length, end: netrc.lastIndex, confidence: 0.9 };
  },
};

/**
 * `curl -u name:password`, `--user name:password`: the password, or the key before the colon where there is none. Confidence 0.85;
 * user and group ids are left alone.
 */
export const userOptionDetector: AnchoredDetector = {
  id: 'user-option',
  entity: 'PASSWORD',
  context: true,
  anchors: [' -u', ' --user', ' --proxy-user'],
  at(text, start, end) {
    const fetches = fetched.test(text.slice(Math.max(0, start - 420), start));
    // `-uroot:…` glued is curl's way; `-urw:` and the like are other programs'.
    if (!fetches && !/[ =]/.test(text.charAt(end))) return null;
    nameAlone.lastIndex = end;
    const key = nameAlone.exec(text)?.[1];
    if (key !== undefined && isScrambledKey(key) && !isStandIn(key))
      return {
        start: nameAlone.lastIndex - 1 - key.length,
        end: nameAlone.lastIndex - 1,
        confidence: 0.85,
        entity: 'TOKEN',
      };
    value.lastIndex = end;
    const match = value.exec(text);
    if (!match) return null;
    const [, user = '', password = ''] = match;
    if (isStandIn(password) || password === user || password.startsWith('//')) return null;
    // `docker run -u 1000:1000`, `python -u main.py:app`
    if (/^\d+$/.test(user) && /^\d+$/.test(password)) return null;
    if (
      !fetches &&
      !(password.length >= 8 && /\d/.test(password) && /[!#$%&*+=@^~]|[a-z][A-Z]|[A-Z][a-z]/.test(password))
    )
      return null;
    return { start: value.lastIndex - password.length, end: value.lastIndex, confidence: 0.85 };
  },
};
