import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isHere } from '../../../src/main/webhooks/is-here.js';

/** As requests have it. */
const hostOf = (url: string) => new URL(url).hostname.replace(/^\[|\]$/g, '');

describe('an address of this machine', () => {
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

  it.each([
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '2130706433', '0x7f.1', '[::1]', '[::]', '[::ffff:127.0.0.1]'],
    ...['[::ffff:7f00:1]', '[::ffff:0.0.0.0]', '[0:0:0:0:0:ffff:7f00:0001]'],
    ...own.filter((ip) => ip.includes('.')).flatMap((ip) => [ip, `[::ffff:${ip}]`]),
  ])('is known as %s', (host) => {
    expect(isHere(hostOf(`http://${host}:7801/`))).toBe(true);
  });

  it('is no other one', () => {
    for (const host of ['192.0.2.1', '128.0.0.1', '[::ffff:192.0.2.1]', '[2001:db8::1]', '[::2]'])
      expect(isHere(hostOf(`http://${host}/`))).toBe(false);
    expect(isHere('fe80::1%lo')).toBe(own.includes('fe80::1'));
  });
});
