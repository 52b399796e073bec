import { z95 } from './normal.js';

/** Wilson's score interval (1927) of a share at 95%; null of none. */
export function wilson(hits: number, n: number): [number, number] | null {
  if (n === 0) return null;
  const share = hits / n;
  const squared = z95 ** 2;
  const middle = (share + squared / (2 * n)) / (1 + squared / n);
  const half = (z95 / (1 + squared / n)) * Math.sqrt((share * (1 - share)) / n + squared / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
