import { mixed } from './words.js';

/** Bands of a signature, and rows of a band: two documents of Jaccard s share a band with probability 1 - (1 - s^8)^14. */
export const bands = 14;
export const rowsPerBand = 8;
/** Numbers of a signature, one a permutation. */
export const permutations = bands * rowsPerBand;

/** x -> a x + b modulo 2^32, a odd: a permutation of the hashes, whose smallest value is the signature's number. */
const factors = new Int32Array(permutations);
const terms = new Int32Array(permutations);
for (let at = 0; at < permutations; at++) {
  factors[at] = mixed(2 * at + 0x9e3779b9) | 1;
  terms[at] = mixed(mixed(2 * at + 1 + 0x7f4a7c15));
}

/**
 * Writes the MinHash signature of a set of shingles at `offset` of `into`, `permutations` numbers. The share of equal numbers in two
 * signatures estimates the Jaccard similarity of their sets.
 */
export function sign(shingles: Int32Array, into: Int32Array, offset = 0): void {
  // Eight at a time: their minima stay in registers.
  for (let p = 0; p < permutations; p += 8) {
    const a0 = factors[p] as number;
    const a1 = factors[p + 1] as number;
    const a2 = factors[p + 2] as number;
    const a3 = factors[p + 3] as number;
    const a4 = factors[p + 4] as number;
    const a5 = factors[p + 5] as number;
    const a6 = factors[p + 6] as number;
    const a7 = factors[p + 7] as number;
    const b0 = terms[p] as number;
    const b1 = terms[p + 1] as number;
    const b2 = terms[p + 2] as number;
    const b3 = terms[p + 3] as number;
    const b4 = terms[p + 4] as number;
    const b5 = terms[p + 5] as number;
    const b6 = terms[p + 6] as number;
    const b7 = terms[p + 7] as number;
    let m0 = 0x7fffffff;
    let m1 = m0;
    let m2 = m0;
    let m3 = m0;
    let m4 = m0;
    let m5 = m0;
    let m6 = m0;
    let m7 = m0;
    for (let at = 0; at < shingles.length; at++) {
      const x = shingles[at] as number;
      const v0 = (Math.imul(a0, x) + b0) | 0;
      const v1 = (Math.imul(a1, x) + b1) | 0;
      const v2 = (Math.imul(a2, x) + b2) | 0;
      const v3 = (Math.imul(a3, x) + b3) | 0;
      const v4 = (Math.imul(a4, x) + b4) | 0;
      const v5 = (Math.imul(a5, x) + b5) | 0;
      const v6 = (Math.imul(a6, x) + b6) | 0;
      const v7 = (Math.imul(a7, x) + b7) | 0;
      if (v0 < m0) m0 = v0;
      if (v1 < m1) m1 = v1;
      if (v2 < m2) m2 = v2;
      if (v3 < m3) m3 = v3;
      if (v4 < m4) m4 = v4;
      if (v5 < m5) m5 = v5;
      if (v6 < m6) m6 = v6;
      if (v7 < m7) m7 = v7;
    }
    const at = offset + p;
    into[at] = m0;
    into[at + 1] = m1;
    into[at + 2] = m2;
    into[at + 3] = m3;
    into[at + 4] = m4;
    into[at + 5] = m5;
    into[at + 6] = m6;
    into[at + 7] = m7;
  }
}

/** How many of the numbers of two signatures in one array are equal. */
export function equalNumbers(signatures: Int32Array, a: number, b: number): number {
  const from = a * permutations;
  const other = b * permutations;
  let equal = 0;
  for (let at = 0; at < permutations; at++) if (signatures[from + at] === signatures[other + at]) equal += 1;
  return equal;
}
