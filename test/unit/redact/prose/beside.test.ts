import { describe, expect, it } from 'vitest';
import { beginningWith, endingIn, holds } from '../../../../src/main/redact/prose/beside.js';

const text = 'He was hired by "the Kestrel Works is a company of two; my sister Ottilie, said';

describe('what stands beside a word', () => {
  it.each([
    /\b(?:hired by|employee of)[ \t"“]{1,3}(?:the )?$/i,
    /\b(?:sister|brother)[ \t,]{1,3}$/i,
    /(?:^|[\n"“>.!?] ?)(?:he|hello)\s{1,3}$/i,
    /\p{Lu}\p{Ll}{1,20}, $/u,
  ])('before it is the same read backwards as in what was cut off: %s', (pattern) => {
    const backwards = endingIn(pattern);
    for (let at = 0; at <= text.length; at++) expect(holds(backwards, text, at)).toBe(pattern.test(text.slice(0, at)));
  });

  it.each([/^ is an? (?:[\w-]{2,20} ){0,4}(?:agency|company)/, /^,? (?:said|says)\b/])(
    'behind it is the same as in what was cut off: %s',
    (pattern) => {
      const sticky = beginningWith(pattern);
      for (let at = 0; at <= text.length; at++) expect(holds(sticky, text, at)).toBe(pattern.test(text.slice(at)));
    },
  );

  it('is a pattern that says so', () => {
    expect(() => endingIn(/hired by/)).toThrow();
    expect(() => beginningWith(/said/)).toThrow();
  });
});
