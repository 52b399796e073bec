import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('hardware addresses', () => {
  it.each([
    ['ether 3c:22:fb:8a:01:9e txqueuelen', 'ether <MAC_ADDRESS> txqueuelen'],
    ['3C-22-FB-8A-01-9E', '<MAC_ADDRESS>'],
    ['a\\n3c:22:fb:8a:01:9e\\n', 'a\\n<MAC_ADDRESS>\\n'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    '00:00:00:00:00:00 ff:ff:ff:ff:ff:ff',
    'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
    '3c:22:fb:8a:01:9e:aa:bb',
    '3c:22-fb:8a-01:9e',
    '01890d5e-7b92-7aaa-8aaa-3c22fb8a019e',
  ])('leaves alone: %s', (text) => expect(shown(text)).not.toContain('<MAC_ADDRESS>'));
});
