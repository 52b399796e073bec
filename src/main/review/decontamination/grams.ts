import { openKey, wordHashes } from '../../ground/near/words.js';

/** Words of an n-gram by which texts of benchmarks are known again, where nothing else is asked for. */
export const defaultWords = 13;
/** A text of fewer words is compared as a whole; below this it would be found everywhere. */
export const leastWords = 8;

/** Hashes (53 bits) of the runs of `words` words of a text, in order; none where it has fewer. */
export function gramsOf(text: string, words: number): number[] {
  const { count, low, high } = wordHashes(text, openKey);
  const out: number[] = [];
  for (let at = 0; at + words <= count; at++) {
    let a = 0x811c9dc5 | 0;
    let b = 0x1b873593;
    for (let word = at; word < at + words; word++) {
      a = Math.imul(a ^ (low[word] as number), 0x01000193) + (a >>> 15);
      b = Math.imul(b ^ (high[word] as number), 0x5bd1e995) ^ (b >>> 13);
    }
    out.push((b & 0x1fffff) * 2 ** 32 + (a >>> 0));
  }
  return out;
}

export function wordsOf(text: string): number {
  return wordHashes(text, openKey).count;
}
