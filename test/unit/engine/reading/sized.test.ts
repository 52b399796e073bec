import { describe, expect, it } from 'vitest';
import { sized, sizedPage } from '../../../../src/main/engine/reading/sized.js';

const jsonOf = (value: unknown) => JSON.parse(new TextDecoder().decode(value as Uint8Array));
const pageOf = (limit: number, chars: number) => ({
  items: Array.from({ length: limit }, () => 'x'.repeat(chars)),
  next_cursor: `${limit}`,
});

describe('sized', () => {
  it('leaves what is small, and makes JSON of the rest', () => {
    expect(sized({ a: 1 })).toEqual({ a: 1 });
    expect(sized(null as object | null)).toBeNull();
    const large = { text: 'ü'.repeat(50_000) };
    expect(jsonOf(sized(large))).toEqual(large);
  });
});

describe('sizedPage', () => {
  it('gives a shorter page where the whole would be too large', () => {
    const page = jsonOf(sizedPage(200, (limit) => pageOf(limit, 100_000)));
    expect(page.items.length).toBeGreaterThan(0);
    expect(page.items.length).toBeLessThan(21);
    expect(page.next_cursor).toBe(`${page.items.length}`);
  });

  it('gives one item however large it is', () => {
    expect(jsonOf(sizedPage(5, (limit) => pageOf(limit, 3_000_000))).items).toHaveLength(1);
  });

  it('gives a small page as it is, and null for what is not there', () => {
    expect(sizedPage(5, (limit) => pageOf(limit, 10))).toEqual(pageOf(5, 10));
    expect(sizedPage(5, () => null)).toBeNull();
  });
});
