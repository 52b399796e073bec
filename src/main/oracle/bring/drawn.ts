import { hash } from 'node:crypto';
import type { Sample } from '../../../shared/model/oracle.js';

/**
 * Draws lines evenly of all there are, by hashes of what they say and a seed: the same ones whenever it is done, and those of a smaller
 * sample are in a larger one. Holds twice as many as are drawn; gives them in the order of their hashes.
 */
export async function drawnOf(lines: AsyncIterable<string>, { size, seed }: Omit<Sample, 'name'>): Promise<string[]> {
  let drawn: { place: string; line: string }[] = [];
  /** What lies behind it is not drawn, whatever comes; no hash is behind this one. */
  let last = 'g';
  const cut = () => {
    drawn.sort((a, b) => (a.place < b.place ? -1 : 1));
    drawn = drawn.slice(0, size);
    last = drawn[size - 1]?.place ?? last;
  };
  for await (const line of lines) {
    const place = hash('sha256', `${seed} ${line}`);
    if (place > last) continue;
    drawn.push({ place, line });
    if (drawn.length >= 2 * size) cut();
  }
  cut();
  return drawn.map(({ line }) => line);
}
