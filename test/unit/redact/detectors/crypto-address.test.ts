import { describe, expect, it } from 'vitest';
import { keccak256 } from '../../../../src/main/redact/forms/keccak.js';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

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
