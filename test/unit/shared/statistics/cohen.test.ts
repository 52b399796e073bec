import { describe, expect, it } from 'vitest';
import { kappa, observedAgreement, type Pair } from '../../../../src/shared/statistics/cohen.js';

/** Rows: what the first said; columns: the second. */
function pairsOf(table: number[][]): Pair[] {
  return table.flatMap((row, a) =>
    row.flatMap((count, b) => Array.from({ length: count }, (): Pair => [a + 1, b + 1])),
  );
}

/** Cohen, Weighted kappa (1968), table 1: 200 cases in three categories; the unweighted kappa (1960) of it is .492. */
const cohen1968 = pairsOf([
  [88, 14, 18],
  [10, 40, 10],
  [2, 6, 12],
]);

describe('Cohen’s kappa', () => {
  it('of Cohen’s 200 cases: observed .70, expected .41', () => {
    expect(observedAgreement(cohen1968)).toBeCloseTo(0.7, 12);
    expect(kappa(cohen1968)).toBeCloseTo(0.29 / 0.59, 12);
    expect(kappa(cohen1968)).toBeCloseTo(0.492, 3);
  });

  it('of 50 grant proposals (20 and 15 alike, 5 and 10 not) is 0.4', () => {
    expect(
      kappa(
        pairsOf([
          [20, 5],
          [10, 15],
        ]),
      ),
    ).toBeCloseTo(0.4, 12);
  });

  it('weighted, worked out by hand on the same 200 cases', () => {
    // Seen, of 200: one off 40, two off 20. Expected: one off .42, two off .17 of all.
    expect(kappa(cohen1968, 'linear')).toBeCloseTo(1 - (0.5 * 0.2 + 0.1) / (0.5 * 0.42 + 0.17), 12);
    expect(kappa(cohen1968, 'quadratic')).toBeCloseTo(1 - (0.25 * 0.2 + 0.1) / (0.25 * 0.42 + 0.17), 12);
  });

  it('is 1 where both always say the same, below 0 where they never do, and nothing where nobody differs', () => {
    expect(
      kappa([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    ).toBe(1);
    expect(
      kappa([
        ['a', 'b'],
        ['b', 'a'],
      ]),
    ).toBe(-1);
    expect(
      kappa([
        ['a', 'a'],
        ['a', 'a'],
      ]),
    ).toBeNull();
    expect(observedAgreement([])).toBeNull();
  });
});
