import { describe, expect, it } from 'vitest';
import { expectedCalibrationError, reliability } from '../../../../src/shared/statistics/calibration.js';
import { kappa, type Pair } from '../../../../src/shared/statistics/cohen.js';
import { alpha } from '../../../../src/shared/statistics/krippendorff.js';
import { ppiMean } from '../../../../src/shared/statistics/ppi.js';
import { wilson } from '../../../../src/shared/statistics/proportion.js';
import { roganGladen } from '../../../../src/shared/statistics/rogan-gladen.js';
import { reference } from './reference.js';

/** The values of `reference.ts` were made by the libraries that it names. */
const six = (found: number | null | undefined, wanted: number) =>
  expect(Math.abs((found as number) - wanted)).toBeLessThan(1e-6);

describe('statistics', () => {
  const pairs = reference.h.map((human, index): Pair => [human, reference.j[index] as number]);

  it('agree with scikit-learn’s kappa and its weighted forms', () => {
    six(kappa(pairs), reference.kappa_None);
    six(kappa(pairs, 'linear'), reference.kappa_linear);
    six(kappa(pairs, 'quadratic'), reference.kappa_quadratic);
  });

  it('agree with krippendorff’s alpha', () => {
    for (const metric of ['nominal', 'ordinal', 'interval'] as const)
      six(alpha(pairs, metric), reference[`alpha_${metric}`]);
  });

  it('agree with scikit-learn’s calibration curve', () => {
    const cases = reference.p.map((said, index) => ({ said, so: reference.y[index] === 1 }));
    six(expectedCalibrationError(cases), reference.ece);
    expect(reliability(cases).reduce((sum, { n }) => sum + n, 0)).toBe(cases.length);
  });

  it('put values on an edge into the bin above, and 1 into the last', () => {
    const bins = reliability([0, 0.1, 0.3, 0.7, 1].map((said) => ({ said, so: true })));
    expect(bins.map(({ n }) => n)).toEqual([1, 1, 0, 1, 0, 0, 0, 1, 0, 1]);
    expect(expectedCalibrationError([])).toBeNull();
  });

  it('agree with PPI++ of its authors', () => {
    const found = ppiMean(reference.Y, reference.Yh, reference.U);
    six(found?.value, reference.ppi[0] as number);
    const [[low], [high]] = reference.ppi_ci as [[number], [number]];
    six(found?.interval[0], low);
    six(found?.interval[1], high);
  });

  it('agree with Wilson’s interval', () => {
    for (const [index, [hits, n]] of (
      [
        [7, 20],
        [0, 9],
        [50, 50],
      ] as const
    ).entries()) {
      const [low, high] = reference.wilson[index] as [number, number];
      six(wilson(hits, n)?.[0], low);
      six(wilson(hits, n)?.[1], high);
    }
  });

  it('give Rogan and Gladen’s share, within 0 and 1, and nothing by a judge who guesses', () => {
    const of = { accepted: 300, judged: 1000, truePositives: 90, positives: 100, trueNegatives: 80, negatives: 100 };
    // (0.3 + 0.8 - 1) / (0.9 + 0.8 - 1)
    six(roganGladen(of)?.value, 0.1 / 0.7);
    expect(roganGladen({ ...of, accepted: 0 })?.value).toBe(0);
    expect(roganGladen({ ...of, trueNegatives: 10 })).toBeNull();
    expect(roganGladen({ ...of, positives: 0 })).toBeNull();
  });

  it('recover the true share behind raters of known sensitivity and specificity, within their intervals in some 95% of the cases', () => {
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const [truth, sensitivity, specificity, rounds] = [0.7, 0.85, 0.75, 200];
    const judged = (so: boolean) => (random() < (so ? sensitivity : 1 - specificity) ? 1 : 0);
    let [gladen, ppi, raw] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const draw = (n: number) =>
        Array.from({ length: n }, () => {
          const so = random() < truth;
          return { people: so ? 1 : 0, judge: judged(so) };
        });
      const [labelled, rest] = [draw(150), draw(1000)];
      const all = [...labelled, ...rest];
      const accepted = all.filter(({ judge }) => judge === 1).length;
      const positives = labelled.filter(({ people }) => people === 1);
      const negatives = labelled.filter(({ people }) => people === 0);
      const corrected = roganGladen({
        accepted,
        judged: all.length,
        truePositives: positives.filter(({ judge }) => judge === 1).length,
        positives: positives.length,
        trueNegatives: negatives.filter(({ judge }) => judge === 0).length,
        negatives: negatives.length,
      });
      const powered = ppiMean(
        labelled.map(({ people }) => people),
        labelled.map(({ judge }) => judge),
        rest.map(({ judge }) => judge),
      );
      const holds = (interval: readonly [number, number] | null | undefined) =>
        interval != null && interval[0] <= truth && truth <= interval[1];
      if (holds(corrected?.interval)) gladen += 1;
      if (holds(powered?.interval)) ppi += 1;
      if (holds(wilson(accepted, all.length))) raw += 1;
    }
    expect(gladen / rounds).toBeGreaterThanOrEqual(0.92);
    expect(ppi / rounds).toBeGreaterThanOrEqual(0.91);
    expect(raw / rounds).toBeLessThan(0.5);
  });
});
