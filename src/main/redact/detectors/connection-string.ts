import { classes, runStart } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/** Longest user name with password before the host. */
const longest = 1024;
const variable = /^(?:[<{$%[(]|\*+$|x+$|\.\.\.$)/i;

/**
 * `scheme://user:password@host`: the password, or the lone user name when it is long enough to be a token
 * (`https://<token>@github.com`). Confidence 0.96.
 */
export const connectionStringDetector: AnchoredDetector = {
  id: 'connection-string',
  entity: 'PASSWORD',
  context: true,
  anchors: ['://', ':\\/\\/'],
  at(text, start, end) {
    if (runStart(text, start, classes.dotted, start - 1) === start) return null;
    const window = text.slice(end, end + longest);
    const stop = window.search(/[\s"'`<>\\,;|()]/);
    let authority = stop === -1 ? window : window.slice(0, stop);
    const slash = authority.search(/[/?#]/);
    if (slash !== -1) {
      // An unescaped slash in a password is wrong but common; a colon before it and a host after the @ tell.
      const colon = authority.indexOf(':');
      const rest = authority.slice(slash);
      const late = /^[^@]{0,128}@[A-Za-z0-9.-]{1,128}(?::\d{1,5})?(?:[/?]|$)/.exec(rest);
      const port = /^:\d{1,5}$/.test(authority.slice(colon, slash));
      authority =
        late && colon !== -1 && colon < slash && !port && !authority.slice(0, slash).includes('@')
          ? authority.slice(0, slash + rest.indexOf('@') + 1)
          : authority.slice(0, slash);
    }
    const at = authority.lastIndexOf('@');
    if (at < 1) return null;
    const colon = authority.indexOf(':');
    const from = colon === -1 || colon > at ? 0 : colon + 1;
    const value = authority.slice(from, at);
    if (value === '' || variable.test(value)) return null;
    if (from === 0 && (value.length < 16 || !/\d/.test(value))) return null;
    return { start: end + from, end: end + at, confidence: 0.96, entity: from === 0 ? 'TOKEN' : 'PASSWORD' };
  },
};
