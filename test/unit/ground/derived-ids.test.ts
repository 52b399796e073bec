import { describe, expect, it } from 'vitest';
import { jsonListId, lengthPrefixedId, nulJoinedId } from '../../../src/main/ground/derived-ids.js';
import { idSchema } from '../../../src/shared/model/index.js';

const at = 1_790_000_000_123_456;
const encodings = { nulJoinedId, jsonListId, lengthPrefixedId };

describe('derived ids', () => {
  // As data folders hold them.
  it.each<[number, string[], string, string, string]>([
    [
      at,
      ['exchange-1', 'tool', '3'],
      '01a0c450-6c7b-7d69-a46e-369540d61c20',
      '01a0c450-6c7b-725b-a343-d8008f5c7005',
      '01a0c450-6c7b-79bf-bac3-48f8caa2b0fe',
    ],
    [
      0,
      ['ä', ''],
      '00000000-0000-76dd-b6cc-8d6ae1a95c40',
      '00000000-0000-7d30-9dd7-91eeb82e6149',
      '00000000-0000-7a19-a084-c8f37313d21f',
    ],
    [
      -5,
      ['a'],
      '00000000-0000-7ca9-b811-ca1bbdcafac2',
      '00000000-0000-7677-9a8a-08567cc4fa9a',
      '00000000-0000-7422-9e8e-2392eced237f',
    ],
    [
      at,
      ['ab', 'c'],
      '01a0c450-6c7b-76c0-b2e6-1d39a14d85af',
      '01a0c450-6c7b-7795-ae2d-3d8df6a87956',
      '01a0c450-6c7b-716e-8a81-fab27a1930ab',
    ],
  ])('of %s and %j are what they were', (time, labels, joined, list, prefixed) => {
    expect(nulJoinedId(time, ...labels)).toBe(joined);
    expect(jsonListId(time, ...labels)).toBe(list);
    expect(lengthPrefixedId(time, ...labels)).toBe(prefixed);
  });

  it('take a number as its text', () => {
    expect(nulJoinedId(1.5e15, 'n', 7)).toBe('015d3ef7-9800-7761-929e-aca09be5b6af');
  });

  describe.each(Object.entries(encodings))('%s', (_, encoding) => {
    it('is a UUIDv7 that begins with the time, and another for labels that only read alike', () => {
      const id = encoding(at, 'a', 'bc');
      expect(idSchema.safeParse(id).success).toBe(true);
      expect(id[14]).toBe('7');
      expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_790_000_000_123);
      expect(encoding(at, 'ab', 'c')).not.toBe(id);
    });

    it.each([-5, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('is one for the time %s too', (time) => {
      expect(idSchema.safeParse(encoding(time, 'a')).success).toBe(true);
    });
  });
});
