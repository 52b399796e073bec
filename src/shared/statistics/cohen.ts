/** What two reviewers said of one unit. */
export type Pair = readonly [string | number, string | number];

export const distances = {
  none: (a: string | number, b: string | number) => (a === b ? 0 : 1),
  linear: (a: string | number, b: string | number) => Math.abs(Number(a) - Number(b)),
  quadratic: (a: string | number, b: string | number) => (Number(a) - Number(b)) ** 2,
} as const;
export type Distance = keyof typeof distances;

/** Share of units of which both said the same; null without units. */
export function observedAgreement(pairs: readonly Pair[]): number | null {
  return pairs.length === 0 ? null : pairs.filter(([a, b]) => a === b).length / pairs.length;
}

/**
 * Cohen's kappa (1960), weighted where a distance is given (1968): 1 minus the disagreement that was seen over the one that is
 * expected of two who judge independently, each as often as they do. Null where none is expected: both said the same of all.
 */
export function kappa(pairs: readonly Pair[], distance: Distance = 'none'): number | null {
  const far = distances[distance];
  const [first, second] = [new Map<string | number, number>(), new Map<string | number, number>()];
  let seen = 0;
  for (const [a, b] of pairs) {
    first.set(a, (first.get(a) ?? 0) + 1);
    second.set(b, (second.get(b) ?? 0) + 1);
    seen += far(a, b);
  }
  let expected = 0;
  for (const [a, times] of first) for (const [b, others] of second) expected += times * others * far(a, b);
  expected /= pairs.length;
  return expected > 0 ? 1 - seen / expected : null;
}
