import { describe, expect, it } from 'vitest';
import { keccak256 } from '../../../src/main/redact/forms/keccak.js';
import { redactor } from './support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('IP addresses', () => {
  it.each([
    ['from 8.8.4.4 port 22', 'from <IP_ADDRESS> port 22'],
    ['http://93.184.216.34:8080/x', 'http://<IP_ADDRESS>:8080/x'],
    ['ip=151.101.1.69, next', 'ip=<IP_ADDRESS>, next'],
    ['It was 151.101.1.69.', 'It was <IP_ADDRESS>.'],
    ['line\\n151.101.1.69\\n', 'line\\n<IP_ADDRESS>\\n'],
    ['[2a00:1450:4001:81b::200e]:443', '[<IP_ADDRESS>]:443'],
    ['addr 2606:4700:4700::1111 up', 'addr <IP_ADDRESS> up'],
    ['addr 2A00:1450:4001:081B:0000:0000:0000:200E', 'addr <IP_ADDRESS>'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    'listening on 127.0.0.1:7690, 0.0.0.0 and [::1]:80',
    'private 10.1.2.3, 192.168.0.10, 172.20.1.1, 169.254.1.1, 100.64.0.1, fe80::1, fd00::1',
    'documentation 192.0.2.5, 198.51.100.7, 203.0.113.9, 2001:db8::1',
    'Chrome/120.0.6099.109 v151.101.1.69 version 151.101.1.69',
    '1.2.3.4.5 and 256.1.1.1 and 01.2.3.4 and 1.2.3',
    'range 8.8.4.4-8.8.4.9x and word8.8.4.4',
    'std::vector<int> a::b 12:34:56 00:11:22 sha256:abcdef',
    '2026-11-21T09:30:00 at 10:20:30:40',
  ])('leaves alone: %s', (text) => expect(shown(text)).not.toContain('<IP_ADDRESS>'));
});

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

describe('crypto addresses', () => {
  const genesis = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
  const segwit = 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq';
  const mixed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

  it.each([genesis, '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', segwit, mixed, mixed.toLowerCase()])('%s', (address) => {
    expect(shown(`send to ${address}, please`)).toBe('send to <CRYPTO_ADDRESS>, please');
    expect(shown(JSON.stringify({ to: address }))).toBe('{"to":"<CRYPTO_ADDRESS>"}');
  });

  it('leaves alone what fails its checksum, and addresses of nobody', () => {
    for (const text of [
      `${genesis.slice(0, -1)}b`,
      `${segwit.slice(0, -1)}p`,
      mixed.replace('aAeb', 'AAeb'),
      `0x${'0'.repeat(40)}`,
      '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed00',
      `commit ${'5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'}`,
    ]) {
      expect(shown(text), text).not.toContain('CRYPTO');
    }
  });

  it('hashes as the reference does', () => {
    expect(keccak256('')).toBe('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
    expect(keccak256('abc')).toBe('4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45');
  });
});
