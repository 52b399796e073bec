import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/main/ground/place-of.js';

describe('placeOf', () => {
  it('says where, without the message and the path to the program', () => {
    const place = placeOf(new Error('a secret'));
    expect(place).toMatch(/place-of\.test/);
    expect(place).not.toContain('secret');
  });

  it('is not led astray by a message that looks like a stack', () => {
    const error = new Error('line one\n    at secret (/home/secret:1:1)\n    at secret2');
    expect(placeOf(error)).toMatch(/place-of\.test/);
    error.message = 'changed';
    expect(placeOf(error)).toBe('');
    expect(placeOf('text\n    at secret')).toBe('');
    try {
      JSON.parse('{"secret":"\n    at secret"}');
    } catch (thrown) {
      expect(placeOf(thrown)).not.toContain('secret');
    }
  });
});
