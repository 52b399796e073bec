import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../src/main/ground/near/cluster.js';
import { permutations, sign } from '../../../src/main/ground/near/minhash.js';
import { keptShingles, shinglesOf, similarity } from '../../../src/main/ground/near/shingles.js';
import { nearDuplicates, openKey } from '../../../src/main/review/index.js';
import { plantedDocuments } from '../../bench/dedupe/documents.js';
import { exactClusters, grams, jaccard, pairAgreement, textAgreement } from '../../bench/dedupe/exact.js';

const words = (count: number, seed: number) =>
  Array.from({ length: count }, (_, at) => `w${(at * 7919 + seed * 104_729) % 100_003}`);

describe('near-duplicates', () => {
  it('agrees with comparing word by word, on a set that the code was not made with', async () => {
    const planted = plantedDocuments(3000, 20_261_129);
    const found = await nearDuplicates(planted.texts, 0.72, openKey);
    const exact = exactClusters(planted, 0.72);
    expect(pairAgreement(found, exact).f1).toBeGreaterThanOrEqual(0.95);
    expect(pairAgreement(found, exact).precision).toBe(1);
    expect(textAgreement(found, exact).f1).toBeGreaterThanOrEqual(0.95);
  });

  it('finds the same clusters in whichever order the texts come', async () => {
    const { texts } = plantedDocuments(400, 5);
    const there = await nearDuplicates(texts, 0.72, openKey);
    const back = await nearDuplicates([...texts].reverse(), 0.72, openKey);
    const last = texts.length - 1;
    const pairsOf = (clusters: Int32Array, place: (at: number) => number) => {
      const sets = new Map<number, number[]>();
      for (const [at, cluster] of clusters.entries()) sets.set(cluster, [...(sets.get(cluster) ?? []), place(at)]);
      return [...sets.values()].map((set) => set.sort((a, b) => a - b).join(' ')).sort();
    };
    expect(pairsOf(back, (at) => last - at)).toEqual(pairsOf(there, (at) => at));
  });

  it('takes the Jaccard similarity of word 5-grams, exactly where both texts are whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 300 }), (length, cut) => {
        const text = words(length, 1).join(' ');
        const other = [...words(length, 1).slice(cut % length), ...words(20, 2)].join(' ');
        const found = similarity(shinglesOf(text, openKey), shinglesOf(other, openKey));
        expect(found).toBeCloseTo(jaccard(grams(text), grams(other)), 10);
      }),
      { numRuns: 60 },
    );
  });

  it('estimates it for longer ones by those with the smallest hashes', () => {
    const long = words(20_000, 3);
    const other = [...long.slice(0, 16_000), ...words(4000, 9)];
    expect(shinglesOf(long.join(' '), openKey)).toHaveLength(keptShingles);
    const found = similarity(shinglesOf(long.join(' '), openKey), shinglesOf(other.join(' '), openKey));
    expect(Math.abs(found - jaccard(grams(long.join(' ')), grams(other.join(' '))))).toBeLessThan(0.05);
  });

  it('signs so that the share of equal numbers is the similarity', () => {
    let sum = 0;
    let exact = 0;
    const pairs = 60;
    for (let pair = 0; pair < pairs; pair++) {
      const one = words(200, pair).join(' ');
      const other = [...words(200, pair).slice(pair), ...words(pair, pair + 500)].join(' ');
      const signatures = new Int32Array(2 * permutations);
      [one, other].forEach((text, at) => {
        sign(shinglesOf(text, openKey), signatures, at * permutations);
      });
      let equal = 0;
      for (let at = 0; at < permutations; at++) equal += Number(signatures[at] === signatures[permutations + at]);
      sum += equal / permutations;
      exact += jaccard(grams(one), grams(other));
    }
    expect(Math.abs(sum - exact) / pairs).toBeLessThan(0.02);
  });

  it('finds nothing by the hashes of another data folder', () => {
    const text = words(100, 4).join(' ');
    expect(similarity(shinglesOf(text, openKey), shinglesOf(text, [1, 2, 3, 4]))).toBe(0);
  });

  it('makes no difference of case, signs and line breaks; scripts without spaces are compared by characters', () => {
    const one = shinglesOf('The ferry leaves at nine, from quay 4.', openKey);
    expect(shinglesOf('the FERRY\nleaves — at nine from Quay 4', openKey)).toEqual(one);
    expect(shinglesOf('渡し船は九時に四番桟橋から出ます', openKey).length).toBeGreaterThan(5);
    expect(shinglesOf(' … !', openKey)).toHaveLength(0);
  });

  it('stays linear where thousands are the same', async () => {
    const set = shinglesOf(words(50, 6).join(' '), openKey);
    const count = 20_000;
    const signatures = new Int32Array(count * permutations);
    for (let at = 0; at < count; at++) sign(set, signatures, at * permutations);
    let asked = 0;
    const shingles = () => {
      asked += 1;
      return set;
    };
    const clusters = await clusterOf({ count, signatures, shingles }, 0.72);
    expect(new Set(clusters).size).toBe(1);
    expect(asked).toBeLessThan(3 * count);
  });
});
