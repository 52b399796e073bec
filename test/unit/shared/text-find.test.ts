import { describe, expect, it } from 'vitest';
import { textSearch, wordsOf } from '../../../src/shared/text-find.js';

const found = (text: string, needle: string, whole = false) =>
  textSearch(needle, whole)
    ?.hits(text)
    .map(({ start, end }) => text.slice(start, end));

describe('a search in a text', () => {
  it('takes upper and lower case and accents for one, and gives what stands there', () => {
    expect(found('Café, CAFÉ and cafe', 'cafe')).toEqual(['Café', 'CAFÉ', 'cafe']);
    expect(found('over a nai\u0308ve place', 'naïve')).toEqual(['nai\u0308ve']);
    expect(found('I\u0307stanbul 🙂 Straße', 'straße')).toEqual(['Straße']);
  });

  it('lets anything but letters stand between words', () => {
    expect(found('a disk-full.\n  error', 'disk full error')).toEqual(['disk-full.\n  error']);
    expect(found('diskfull', 'disk full')).toEqual([]);
  });

  it('takes punctuation as it is', () => {
    expect(found('f(a[0]) + f(a.0)', 'a[0]')).toEqual(['a[0]']);
    expect(found('1+1=2, 11=2', '1+1')).toEqual(['1+1']);
  });

  it('finds parts of words, or whole words alone', () => {
    expect(found('cat concatenate cat_1 Cat', 'cat')).toHaveLength(4);
    expect(found('cat concatenate cat_1 Cat', 'cat', true)).toEqual(['cat', 'cat', 'Cat']);
    expect(found('東京都に行く', '京都', true)).toEqual(['京都']);
  });

  it('stops at the limit, and looks for nothing without a character', () => {
    expect(textSearch('a', false)?.hits('aaaa', 2)).toHaveLength(2);
    expect(textSearch('  ', false)).toBeNull();
  });
});

it('words are cut as the index cuts them', () => {
  expect(wordsOf('"disk_full": (ENOSPC)')).toBe('disk full ENOSPC');
});
