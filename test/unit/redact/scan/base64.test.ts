import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUtf8Start } from '../../../../src/main/redact/scan/base64.js';

describe('isUtf8Start', () => {
  const asDecoder = (bytes: Uint8Array): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
      return true;
    } catch {
      return false;
    }
  };

  it('says of any bytes what a decoder says', () => {
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x80, 0x9f, 0xa0, 0xbf),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (bytes) => {
        expect(isUtf8Start(Uint8Array.from(bytes))).toBe(asDecoder(Uint8Array.from(bytes)));
      }),
      { numRuns: 5000 },
    );
  });

  it('takes any text, cut anywhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8 }), fc.nat(32), (text, end) => {
        const bytes = Buffer.from(text.toWellFormed(), 'utf8').subarray(0, end);
        expect(isUtf8Start(bytes)).toBe(true);
      }),
    );
  });
});
