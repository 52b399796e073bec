import { describe, expect, it } from 'vitest';
import { alpha, type Unit } from '../../../../src/shared/statistics/krippendorff.js';

/** Rows are observers, as they are printed; a dot is a missing value. */
function unitsOf(...rows: string[]): Unit[] {
  const observers = rows.map((row) => row.split(' '));
  return (observers[0] as string[]).map((_, unit) =>
    observers.flatMap((values) => {
      const value = values[unit] as string;
      if (value === '.') return [];
      return [/^\d+$/.test(value) ? Number(value) : value];
    }),
  );
}

describe('Krippendorff, Computing Krippendorff’s Alpha-Reliability (2011)', () => {
  it('A: binary data, two observers, no missing data', () => {
    const units = unitsOf('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0');
    expect(alpha(units, 'nominal')).toBeCloseTo(0.095, 3);
  });

  it('B: nominal data, two observers, no missing data', () => {
    const units = unitsOf('a a b b d c c c e d d a', 'b a b b b c c c e d d d');
    expect(alpha(units, 'nominal')).toBeCloseTo(0.692, 3);
  });

  const c = unitsOf(
    '1 2 3 3 2 1 4 1 2 . . .',
    '1 2 3 3 2 2 4 1 2 5 . 3',
    '. 3 3 3 2 3 4 2 2 5 1 .',
    '1 2 3 3 2 4 4 1 2 5 1 .',
  );
  it.each([
    ['nominal', 0.743],
    ['ordinal', 0.815],
    ['interval', 0.849],
  ] as const)('C: any number of observers, missing data, %s', (metric, expected) => {
    expect(alpha(c, metric)).toBeCloseTo(expected, 3);
  });
});

describe('alpha by hand', () => {
  it('is 1 where all agree on more than one value, and nothing where there is one', () => {
    expect(
      alpha(
        [
          [1, 1],
          [2, 2],
        ],
        'interval',
      ),
    ).toBe(1);
    expect(
      alpha(
        [
          [1, 1],
          [1, 1],
        ],
        'nominal',
      ),
    ).toBeNull();
    expect(alpha([], 'nominal')).toBeNull();
  });

  it('takes disagreement for what it is', () => {
    // Two units, each a and b: all coincidences differ. Do = 1, De = 2·2·2 / (4·3) = 2/3, alpha = 1 - 3/2.
    expect(
      alpha(
        [
          ['a', 'b'],
          ['a', 'b'],
        ],
        'nominal',
      ),
    ).toBeCloseTo(-0.5, 12);
    // 1-1, 2-2, 1-3: n = 6; interval: Do = (4 + 4) / 6 = 4/3; De of 1,1,1,2,2,3 = 2·(6·1 + 3·4 + 2·1) / 30 = 4/3.
    expect(
      alpha(
        [
          [1, 1],
          [2, 2],
          [1, 3],
        ],
        'interval',
      ),
    ).toBeCloseTo(0, 12);
  });

  it('leaves out what only one has judged', () => {
    expect(alpha([[1, 1], [2, 2], [5]], 'interval')).toBe(1);
  });
});
