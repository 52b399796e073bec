import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

const value = /[ =]?\\{0,3}["']?([A-Za-z][\w.@+-]{0,127}):([^\s"'`\\<>|;&]{3,256})/y;

const short = /(?: [^\n|;&]{0,120})? (?:-p|--password)[ =]?\\{0,3}["']?([^\s"'`\\<>|;&]{3,128})/y;

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

/** `curl -u name:password`, `--user name:password`: the password. Confidence 0.85; user and group ids are left alone. */
export const userOptionDetector: AnchoredDetector = {
  id: 'user-option',
  entity: 'PASSWORD',
  context: true,
  anchors: [' -u ', ' --user ', ' --user=', ' --proxy-user '],
  at(text, _start, end) {
    value.lastIndex = end;
    const match = value.exec(text);
    if (!match) return null;
    const [, user = '', password = ''] = match;
    if (isStandIn(password) || password === user || password.startsWith('//')) return null;
    return { start: value.lastIndex - password.length, end: value.lastIndex, confidence: 0.85 };
  },
};
