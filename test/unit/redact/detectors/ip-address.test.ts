import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

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
