import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector } from './types.js';

const value = /[ =]?\\{0,3}["']?([A-Za-z][\w.@+-]{0,127}):([^\s"'`\\<>|;&]{3,256})/y;

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
