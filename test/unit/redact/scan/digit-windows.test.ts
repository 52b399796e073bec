import { describe, expect, it } from 'vitest';
import { digitClusters, digitWindows } from '../../../../src/main/redact/scan/digit-windows.js';
import { Random } from '../../../bench/fuzz/random.js';

const random = new Random(43);

describe('digits that stand close together', () => {
  it('are what a pattern finds, with the true number of them', () => {
    const pieces = ['7', '31', ' ', '-', '.', ':', 'x', '\n', 'ü', '(', '4902', ' and '];
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: random.below(60) }, () => random.pick(pieces)).join('');
      const found = [...text.matchAll(/\d(?:[ -/]*\d){3,}/g)].map(({ index, 0: run }) => ({
        start: index,
        end: index + run.length,
        digits: run.replace(/\D/g, '').length,
      }));
      expect(digitClusters(text, 4)).toEqual(found);
    }
  });

  it('have windows in order, without overlaps, that say how many are in them', () => {
    const filler = 'words and more words '.repeat(40);
    const text = `${filler}4111 1111 1111 1111${filler}2026-03-07${filler}9.5`;
    const windows = digitWindows(text, digitClusters(text, 4), 6);
    expect(windows.map(({ most }) => most)).toEqual([16, 8]);
    const [card, date] = windows.map(({ start, end }) => text.slice(start, end));
    expect(card).toMatch(/^(?:words|and|more) .*4111 1111 1111 1111words/);
    expect(date).toContain('2026-03-07');
    expect(digitWindows(text, digitClusters(text, 4), 9)).toHaveLength(1);
  });

  it('in a short text have all of it around them', () => {
    const text = 'call 030 1234567 and 0171 7654321 today';
    expect(digitWindows(text, digitClusters(text, 4), 7)).toEqual([{ start: 0, end: text.length, most: 11 }]);
  });
});
