import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memo } from '../../../../src/main/assemble/chain/memo.js';

describe('memo', () => {
  it('answers as the function does, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 8 })), (texts) => {
        const known = memo((text) => `of ${text}`, 600);
        for (const text of texts) expect(known(text)).toBe(`of ${text}`);
      }),
    );
  });

  it('makes once what comes again, and forgets what nobody asks for', () => {
    const made: string[] = [];
    const known = memo((text) => {
      made.push(text);
      return text.length;
    }, 1000);
    for (let round = 0; round < 100; round++) {
      known('resent');
      known(`new ${round}`);
    }
    expect(made.filter((text) => text === 'resent')).toHaveLength(1);
    known('new 0');
    expect(made.filter((text) => text === 'new 0')).toHaveLength(2);
  });
});
