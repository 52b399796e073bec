import type { Measured } from '../../../../shared/model/index.js';
import { estimated } from '../../../../shared/statistics/bootstrap.js';
import { wilson } from '../../../../shared/statistics/proportion.js';

/** Cases below which each number is refused. */
export const least = { agreement: 10, shares: 5, calibration: 30, correction: 10, drift: 10 } as const;

function refused(n: number, fewest: number, reason?: string): Measured {
  return {
    value: null,
    interval: null,
    n,
    least: fewest,
    reason: reason ?? `${n} cases: it takes ${fewest} at least.`,
  };
}

/** A statistic of cases with the interval of its resampling. */
export function measured<U>(
  units: readonly U[],
  statistic: (sample: readonly U[]) => number | null,
  { seed, fewest }: { seed: number; fewest: number },
): Measured {
  if (units.length < fewest) return refused(units.length, fewest);
  const { value, interval, reason } = estimated(units, statistic, seed);
  return { value, interval, n: units.length, least: fewest, reason };
}

/** A share with Wilson's interval. */
export function measuredShare(hits: number, n: number, fewest: number = least.shares): Measured {
  if (n < fewest) return refused(n, fewest);
  return { value: hits / n, interval: wilson(hits, n), n, least: fewest, reason: null };
}

/** A number that was worked out elsewhere, or why it was not. */
export function measuredBy(
  found: { value: number; interval: [number, number] } | null,
  n: number,
  fewest: number,
  reason: string | null,
): Measured {
  if (n < fewest) return refused(n, fewest);
  return found === null
    ? refused(n, fewest, reason ?? 'Nothing can be told from it.')
    : { value: found.value, interval: found.interval, n, least: fewest, reason: null };
}
