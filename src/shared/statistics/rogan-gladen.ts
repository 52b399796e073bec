import { z95 } from './normal.js';

export interface Corrected {
  value: number;
  interval: [number, number];
}

/** What a judge was measured by, and what it said of all: counts. */
export interface Measurement {
  /** Of all that it judged. */
  accepted: number;
  judged: number;
  /** Of those that people accept. */
  truePositives: number;
  positives: number;
  /** Of those that people reject. */
  trueNegatives: number;
  negatives: number;
}

/**
 * The true share by an imperfect judge's (Rogan and Gladen 1978), with the interval of Lang and Reiczigel (2014), which counts how
 * uncertain sensitivity and specificity are. Null where the judge is no better than chance: nothing can be told from it then.
 */
export function roganGladen(of: Measurement): Corrected | null {
  const { accepted, judged, truePositives, positives, trueNegatives, negatives } = of;
  if (judged === 0 || positives === 0 || negatives === 0) return null;
  const [sensitivity, specificity] = [truePositives / positives, trueNegatives / negatives];
  const youden = sensitivity + specificity - 1;
  if (youden <= 1e-9) return null;
  const value = bounded((accepted / judged + specificity - 1) / youden);

  const squared = z95 ** 2;
  const n = judged + squared;
  const observed = (accepted + squared / 2) / n;
  const [nSe, nSp] = [positives + 2, negatives + 2];
  const [se, sp] = [(truePositives + 1) / nSe, (trueNegatives + 1) / nSp];
  const smoothed = se + sp - 1;
  if (smoothed <= 1e-9) return { value, interval: [0, 1] };
  const share = (observed + sp - 1) / smoothed;
  const [varSe, varSp] = [(se * (1 - se)) / nSe, (sp * (1 - sp)) / nSp];
  const shift = 2 * squared * (share * varSe - (1 - share) * varSp);
  const half =
    (z95 * Math.sqrt((observed * (1 - observed)) / n + share ** 2 * varSe + (1 - share) ** 2 * varSp)) / smoothed;
  return { value, interval: [bounded(share + shift - half), bounded(share + shift + half)] };
}

const bounded = (value: number) => Math.min(1, Math.max(0, value));
