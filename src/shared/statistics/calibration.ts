/** What was said of a case (0..1) and whether it was so. */
export interface Said {
  said: number;
  so: boolean;
}

export interface Bin {
  from: number;
  to: number;
  n: number;
  /** Mean of what was said; null where the bin is empty. */
  said: number | null;
  /** Cases that were so. */
  so: number;
}

/** Cases in bins of equal width; a value on an edge belongs to the bin above it, 1 to the last. */
export function reliability(cases: readonly Said[], bins = 10): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ n: 0, said: 0, so: 0 }));
  for (const { said, so } of cases) {
    // The edges as numbers are printed: 0.3 is one, though 0.3 * 10 is less than 3 by a hair in binary fractions.
    const at = Math.min(bins - 1, Math.max(0, Math.floor(Math.round(said * bins * 1e9) / 1e9)));
    const bin = sums[at] as (typeof sums)[number];
    bin.n += 1;
    bin.said += said;
    bin.so += so ? 1 : 0;
  }
  return sums.map(({ n, said, so }, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    n,
    said: n === 0 ? null : said / n,
    so,
  }));
}

/** Expected calibration error (Naeini 2015): how far apart said and so lie in the bins, weighted by their cases. Null of none. */
export function expectedCalibrationError(cases: readonly Said[], bins = 10): number | null {
  if (cases.length === 0) return null;
  return reliability(cases, bins).reduce(
    (sum, { n, said, so }) => sum + (said === null ? 0 : (n / cases.length) * Math.abs(said - so / n)),
    0,
  );
}
