import type { Agreement, Estimate } from '../../../shared/model/index.js';

/** How far reviewers agree on the traces of a dataset, without their names: a dataset goes to others. */
export interface Agreed {
  field: Agreement['field'];
  /** Units (traces, or steps) that at least two judged. */
  units: number;
  reviewers: number;
  /** More was said than can be looked at; these are the newest. */
  cut: boolean;
  /** Krippendorff’s alpha with the interval that holds 95% of what resampling the units gives. */
  alpha: { nominal: Estimate; ordinal: Estimate | null; interval: Estimate | null };
  /** Cohen’s kappa of each two; reviewers by number. */
  pairs: { reviewers: [number, number]; units: number; observed: number | null; kappa: Estimate }[];
}

export function agreed({ field, units, cut, reviewers, alpha, pairs }: Agreement): Agreed {
  const number = (reviewer: string) => reviewers.indexOf(reviewer) + 1;
  return {
    field,
    units,
    reviewers: reviewers.length,
    cut,
    alpha,
    pairs: pairs.map(({ a, b, units: shared, observed, kappa }) => ({
      reviewers: [number(a), number(b)],
      units: shared,
      observed,
      kappa,
    })),
  };
}

/** `0.71 (0.55 to 0.84)`. */
export function estimateText({ value, interval, reason }: Estimate): string {
  if (value === null) return reason ?? 'too little to tell';
  const span = interval === null ? '' : ` (${interval.map((end) => end.toFixed(2)).join(' to ')})`;
  return `${value.toFixed(2)}${span}`;
}
