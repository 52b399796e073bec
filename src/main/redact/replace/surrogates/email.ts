import type { Keyed } from '../../keys/keyed.js';
import type { Family } from './family.js';
import { givenName, inventedWord } from './words.js';

const shape = /^([a-z]+(?:[._-][a-z]+)?[0-9a-f]{3})([0-9a-f]{5})@([a-z]+\.example)$/;

/**
 * Mailboxes of invented people at domains that can never be registered (`.example`, RFC 2606); equal domains stay equal.
 * The last five letters and digits before the @ are the tag: a foreign address at such a domain passes for one of ours
 * once in a million.
 */
export const emails: Family = {
  id: 'email',
  make(value, subject, keyed) {
    const at = value.lastIndexOf('@');
    const numbers = keyed('email', subject);
    const separator = /[._-]/.exec(value.slice(0, at))?.[0] ?? '';
    const first = givenName(numbers);
    const name = separator === '' ? first : `${first}${separator}${inventedWord(numbers)}`;
    const host = `${inventedWord(keyed('email-domain', value.slice(at + 1).toLowerCase()))}.example`;
    const content = name + numbers.next(0x1000).toString(16).padStart(3, '0');
    const made = `${content}${tagOf(content, host, keyed)}@${host}`;
    return value === value.toUpperCase() ? made.toUpperCase() : made;
  },
  isOurs(value, keyed) {
    const [, content = '', tag, host = ''] = shape.exec(value.toLowerCase()) ?? [];
    return tag !== undefined && tag === tagOf(content, host, keyed);
  },
};

function tagOf(content: string, host: string, keyed: Keyed): string {
  return keyed('tag:email', `${content}@${host}`).next(0x100000).toString(16).padStart(5, '0');
}
