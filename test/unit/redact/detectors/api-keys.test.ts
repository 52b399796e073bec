import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

const redact = redactor();

describe('checksums of tokens', () => {
  const confidence = (text: string) => redact.spans(text).findings[0]?.confidence;

  it('pass to certain, fail to low', () => {
    // CRC-32 of thirty zeros is c30f5e8f: in base 62, six characters.
    const body = '0'.repeat(30);
    let crc = 0xffffffff;
    for (const letter of body) {
      crc ^= letter.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    let rest = (crc ^ 0xffffffff) >>> 0;
    let suffix = '';
    for (let i = 0; i < 6; i++) {
      suffix = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.charAt(rest % 62) + suffix;
      rest = Math.floor(rest / 62);
    }
    expect(confidence(`ghp_${body}${suffix}`)).toBe(1);
    expect(confidence(`ghp_${body}${suffix.slice(0, -1)}${suffix.endsWith('0') ? '1' : '0'}`)).toBe(0.7);
  });
});
