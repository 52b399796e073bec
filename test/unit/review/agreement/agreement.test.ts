import { describe, expect, it } from 'vitest';
import { agreementOf } from '../../../../src/main/review/agreement/index.js';

const row = (unit: number, reviewer: string, value: string | number, again = false) => ({
  unit: String(unit),
  reviewer,
  value,
  again,
});
const options = { field: 'label', seed: 7, acceptFrom: 3.5 } as const;

describe('agreement', () => {
  // Of ten both accept 4, both reject 3; the first accepts 2 that the second rejects, the other way round 1.
  const labels = [...'aaaarrraar'].map((label, unit) => row(unit, 'ann', label === 'a' ? 'accepted' : 'rejected'));
  const other = [...'aaaarrrrra'].map((label, unit) => row(unit, 'ben', label === 'a' ? 'accepted' : 'rejected'));
  const said = { rows: [...labels, ...other], scores: [], cut: false };

  it('of two reviewers is what is worked out by hand', () => {
    const { pairs, alpha, units } = agreementOf(said, options);
    expect(units).toBe(10);
    // Observed 7 of 10; expected (6·5 + 4·5) / 100.
    expect(pairs).toMatchObject([{ a: 'ann', b: 'ben', units: 10, observed: 0.7 }]);
    expect(pairs[0]?.kappa.value).toBeCloseTo((0.7 - 0.5) / 0.5, 12);
    // 11 values accepted, 9 rejected: 1 - 19 · 6 / (2 · 11 · 9).
    expect(alpha.nominal.value).toBeCloseTo(1 - (19 * 6) / (2 * 11 * 9), 12);
    expect(alpha.ordinal).toBeNull();
  });

  it('has intervals that hold the value, and the same ones with the same seed', () => {
    const [first, second] = [agreementOf(said, options), agreementOf(said, options)];
    const { value, interval } = first.pairs[0]?.kappa ?? {};
    expect(interval?.[0]).toBeLessThanOrEqual(value as number);
    expect(interval?.[1]).toBeGreaterThanOrEqual(value as number);
    expect(second).toEqual(first);
  });

  it('of a reviewer with themself is over what was shown again', () => {
    const rows = [
      ...[4, 2, 5].map((rating, unit) => row(unit, 'ann', rating)),
      ...[4, 3, 5].map((rating, unit) => row(unit, 'ann', rating, true)),
    ];
    const { selves, pairs } = agreementOf({ rows, scores: [], cut: false }, { ...options, field: 'rating' });
    expect(pairs).toEqual([]);
    expect(selves).toMatchObject([{ a: 'ann', b: 'ann', units: 3 }]);
    // Seen 1 of 3; expected (4: 0 1 1, 2: 2 1 3, 5: 1 2 0) / 9 = 11/9 of 3 · 3 pairs.
    expect(selves[0]?.linear?.value).toBeCloseTo(1 - 1 / 3 / (11 / 9), 12);
  });

  it('with the judge takes its scores as accepted from a mark on', () => {
    const scores = [4, 4, 4, 4, 1, 1, 1, 1, 1, 4].map((value, unit) => ({
      unit: String(unit),
      name: 'helpful',
      value,
    }));
    const { judges } = agreementOf({ ...said, scores }, options);
    const ben = judges.find(({ a }) => a === 'ben');
    expect(ben).toMatchObject({ b: 'helpful', units: 10, observed: 1 });
    expect(ben?.kappa.value).toBe(1);
  });

  it('says why where there is nothing to tell', () => {
    const { alpha } = agreementOf({ rows: [row(1, 'ann', 'accepted')], scores: [], cut: false }, options);
    expect(alpha.nominal).toMatchObject({ value: null, interval: null });
    expect(alpha.nominal.reason).toContain('two units');
  });
});
