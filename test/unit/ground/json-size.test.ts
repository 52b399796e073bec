import { describe, expect, it } from 'vitest';
import { jsonBeyond } from '../../../src/main/ground/json-size.js';

const beyond = (text: string, most: { values?: number; depth?: number }) =>
  jsonBeyond(Buffer.from(text), { values: 1000, depth: 1000, ...most });

describe('jsonBeyond', () => {
  it('counts values and depth without what stands in strings', () => {
    expect(beyond('[1,2,3]', { values: 4 })).toBeNull();
    expect(beyond('[1,2,3,4]', { values: 4 })).toBe('values');
    expect(beyond('{"a":{"b":[]}}', { depth: 3 })).toBeNull();
    expect(beyond('{"a":{"b":[[]]}}', { depth: 3 })).toBe('depth');
    expect(beyond('["[{,,,\\",[[[\\\\",1]', { values: 3, depth: 1 })).toBeNull();
    expect(beyond('[],[],[]', { depth: 1 })).toBeNull();
  });

  it('says something of what is no JSON', () => {
    expect(beyond('"never closed ,,,', { values: 1 })).toBeNull();
    expect(beyond('"\\', { values: 1 })).toBeNull();
    expect(beyond(']]]]', { depth: 1 })).toBeNull();
    expect(beyond('', { values: 1 })).toBeNull();
  });
});
