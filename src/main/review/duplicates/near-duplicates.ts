import { clusterOf } from '../../ground/near/cluster.js';
import { permutations, sign } from '../../ground/near/minhash.js';
import { shinglesOf } from '../../ground/near/shingles.js';
import type { HashKey } from '../../ground/near/words.js';

/**
 * The cluster of each text: the smallest index of those that it is a near-duplicate of, its own where it is of none. Texts without a
 * word stand alone. Holds the shingles of all texts in memory, 4 bytes each.
 */
export async function nearDuplicates(texts: readonly string[], threshold: number, key: HashKey): Promise<Int32Array> {
  const sets = texts.map((text) => shinglesOf(text, key));
  const worded = sets.flatMap((set, at) => (set.length === 0 ? [] : [at]));
  const signatures = new Int32Array(worded.length * permutations);
  for (const [row, at] of worded.entries()) sign(sets[at] as Int32Array, signatures, row * permutations);
  const clusters = await clusterOf(
    { count: worded.length, signatures, shingles: (row) => sets[worded[row] as number] as Int32Array },
    threshold,
  );
  const out = Int32Array.from(texts, (_, at) => at);
  worded.forEach((at, row) => {
    out[at] = worded[clusters[row] as number] as number;
  });
  return out;
}
