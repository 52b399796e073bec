import type { Estimate } from '../model/index.js';

const [fewest, most] = [100, 1000];
/** Units that are drawn in all; of many units fewer samples do. */
const draws = 2_000_000;

/**
 * A statistic of units with the interval that holds the middle 95% of what it is in samples of as many units, drawn with
 * replacement. The same seed gives the same interval. Samples that have no value are left out.
 */
export function estimated<U>(
  units: readonly U[],
  statistic: (sample: readonly U[]) => number | null,
  seed: number,
): Estimate {
  if (units.length < 2) return { value: null, interval: null, reason: 'Fewer than two units were judged twice.' };
  const value = statistic(units);
  if (value === null) {
    return {
      value: null,
      interval: null,
      reason: 'All said the same of everything: chance cannot be told from agreement.',
    };
  }
  const next = randomOf(seed);
  const samples = Math.min(most, Math.max(fewest, Math.floor(draws / units.length)));
  const found: number[] = [];
  const sample = new Array<U>(units.length);
  for (let round = 0; round < samples; round++) {
    for (let at = 0; at < units.length; at++) sample[at] = units[Math.floor(next() * units.length)] as U;
    const each = statistic(sample);
    if (each !== null) found.push(each);
  }
  found.sort((a, b) => a - b);
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(share * found.length))] as number;
  return { value, interval: found.length === 0 ? null : [at(0.025), at(0.975)], reason: null };
}

/** Numbers from 0 to below 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
