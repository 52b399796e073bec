import { slotOf } from '../../forms/slots.js';
import type { Keyed } from '../../keys/keyed.js';
import type { Family } from './family.js';
import { inventedWord } from './words.js';

const parts = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)?([^/?#:]+)([\s\S]*)$/i;
const ours = /^([a-z]+)-([0-9a-f]{6})\.example$/;

/**
 * Addresses at hosts that can never be registered (`.example`, RFC 2606), paths and queries of the same shape. The six
 * hexadecimal digits in the host are the tag: a foreign address passes for one of ours once in 16 million.
 */
export const urls: Family = {
  id: 'url',
  make(value, subject, keyed) {
    const match = parts.exec(value);
    if (match === null) return null;
    const [, scheme = '', host = '', rest = ''] = match;
    const numbers = keyed('url', subject);
    const word = inventedWord(keyed('url-host', host.toLowerCase()));
    const path = rest
      .split('')
      .map((char, at) => {
        const set = rest.charAt(at - 1) === '%' || rest.charAt(at - 2) === '%' ? null : slotOf(char);
        return set === null ? char : set.charAt(numbers.next(set.length));
      })
      .join('');
    return `${scheme}${word}-${tagOf(word, path, keyed)}.example${path}`;
  },
  isOurs(value, keyed) {
    const [, , host = '', rest = ''] = parts.exec(value) ?? [];
    const [, word = '', tag] = ours.exec(host.toLowerCase()) ?? [];
    return tag !== undefined && tag === tagOf(word, rest, keyed);
  },
};

function tagOf(word: string, path: string, keyed: Keyed): string {
  return keyed('tag:url', `${word}\n${path}`).next(0x1000000).toString(16).padStart(6, '0');
}
