import { isIPv6 } from 'node:net';
import { digit, type Form, slotFamily } from '../../forms/slots.js';
import type { Family } from './family.js';

const reserved = /^198\.1[89]\.\d{1,3}\.\d{1,3}$/;
const documentation = /^2001:db8(?::[0-9a-f]{4}){6}$/i;

/**
 * Addresses that name no machine: IPv4 of 198.18.0.0/15, which routers must not carry (RFC 2544; the documentation nets
 * hold 768 addresses, too few to keep the hosts of a trajectory apart), IPv6 of 2001:db8::/32 (RFC 3849). No detector
 * finds them, so they need no tag.
 */
export const ipAddresses: Family = {
  id: 'ip',
  make(value, subject, keyed) {
    const numbers = keyed('ip', subject);
    if (!isIPv6(value.split('%', 1)[0] ?? ''))
      return `198.${18 + numbers.next(2)}.${numbers.next(256)}.${1 + numbers.next(254)}`;
    const groups = Array.from({ length: 6 }, () => numbers.next(0x10000).toString(16).padStart(4, '0'));
    const made = `2001:db8:${groups.join(':')}`;
    return /[A-F]/.test(value) ? made.toUpperCase() : made;
  },
  isOurs: (value) => reserved.test(value) || documentation.test(value),
};

const hex = '0123456789abcdef';

/**
 * Addresses of the locally administered kind (IEEE 802), which no maker gives out. A foreign address passes for one of
 * ours with a probability of 2.5e-7.
 */
export const macAddresses = slotFamily('mac', (value): Form[] => {
  const places = [...value.matchAll(/[0-9a-f]/gi)].map(({ index }) => index);
  if (places.length !== 12) return [];
  const alphabet = /[A-F]/.test(value) ? hex.toUpperCase() : hex;
  const slots: (string | null)[] = value.split('').map(() => null);
  for (const at of places) slots[at] = alphabet;
  slots[places[0] as number] = digit;
  // A letter, so that a surrogate shows its case too.
  slots[places[1] as number] = alphabet === hex ? '26ae' : 'AE';
  return [{ slots }];
});
