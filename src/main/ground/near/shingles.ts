import { type HashKey, mixed, wordHashes } from './words.js';

/** Words of a shingle. */
export const shingleWords = 5;
/**
 * Shingles that are kept of a document. Up to here sets are compared exactly; of a longer document those with the smallest hashes
 * stand for the rest, the same ones in every document that has them.
 */
export const keptShingles = 2048;

/**
 * The hashed word 5-grams of a text: different ones in rising order, at most `keptShingles`. A text of fewer words is one shingle;
 * one without words has none.
 */
export function shinglesOf(text: string, key: HashKey): Int32Array {
  const { count, low } = wordHashes(text, key);
  if (count === 0) return new Int32Array(0);
  const size = Math.min(shingleWords, count);
  const hashes = new Int32Array(count - size + 1);
  for (let at = 0; at < hashes.length; at++) {
    let hash = key[2];
    for (let word = at; word < at + size; word++) hash = Math.imul(hash, 0x01000193 + 2) + (low[word] as number);
    hashes[at] = mixed(hash ^ key[3]);
  }
  hashes.sort();
  let kept = 1;
  for (let at = 1; at < hashes.length && kept < keptShingles; at++) {
    if (hashes[at] !== hashes[at - 1]) hashes[kept++] = hashes[at] as number;
  }
  return hashes.slice(0, kept);
}

/**
 * Jaccard similarity of two documents by their shingles, 0..1: exact where both are whole, else by the smallest hashes of the union
 * (standard error at most 0.011).
 */
export function similarity(a: Int32Array, b: Int32Array): number {
  if (a.length === 0 || b.length === 0) return 0;
  // Where a set was cut, only what lies below its last hash is known of it.
  const endA = a.length < keptShingles ? Number.POSITIVE_INFINITY : (a[a.length - 1] as number);
  const endB = b.length < keptShingles ? Number.POSITIVE_INFINITY : (b[b.length - 1] as number);
  const end = Math.min(endA, endB);
  let i = 0;
  let j = 0;
  let both = 0;
  let either = 0;
  while (i < a.length || j < b.length) {
    const x = i < a.length ? (a[i] as number) : Number.POSITIVE_INFINITY;
    const y = j < b.length ? (b[j] as number) : Number.POSITIVE_INFINITY;
    if (Math.min(x, y) > end) break;
    either += 1;
    if (x === y) both += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return both / either;
}
