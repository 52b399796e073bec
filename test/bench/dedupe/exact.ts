import type { Planted } from './documents.js';

/**
 * The clusters as comparing every pair of a family word by word gives them: word 5-grams as texts, no hashes, no signatures. Texts of
 * two families share no five words but by chance.
 */
export function exactClusters({ texts, families }: Planted, threshold: number): Int32Array {
  const clusters = Int32Array.from(texts, (_, at) => at);
  for (const family of families) {
    if (family.length < 2) continue;
    const sets = family.map((at) => grams(texts[at] as string));
    for (let pass = 0; pass < family.length; pass++) {
      for (let a = 0; a < family.length; a++)
        for (let b = a + 1; b < family.length; b++) {
          if (jaccard(sets[a] as Set<string>, sets[b] as Set<string>) < threshold) continue;
          const [one, other] = [family[a] as number, family[b] as number];
          const least = Math.min(clusters[one] as number, clusters[other] as number);
          clusters[one] = least;
          clusters[other] = least;
        }
    }
  }
  return clusters;
}

export function grams(text: string): Set<string> {
  const words = text.toLowerCase().split(' ');
  return new Set(Array.from({ length: Math.max(1, words.length - 4) }, (_, at) => words.slice(at, at + 5).join(' ')));
}

export function jaccard(a: Set<string>, b: Set<string>): number {
  let both = 0;
  for (const gram of a) if (b.has(gram)) both += 1;
  return both / (a.size + b.size - both);
}

export interface Agreement {
  precision: number;
  recall: number;
  f1: number;
}

/** Over pairs of texts that stand in one cluster. */
export function pairAgreement(found: ArrayLike<number>, exact: ArrayLike<number>): Agreement {
  const pairs = (clusters: ArrayLike<number>[]): number => {
    const sizes = new Map<string, number>();
    for (let at = 0; at < found.length; at++) {
      const key = clusters.map((of) => of[at]).join(' ');
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
    return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  };
  return agreement(pairs([found, exact]), pairs([found]), pairs([exact]));
}

/** Over texts that have a near-duplicate at all. */
export function textAgreement(found: ArrayLike<number>, exact: ArrayLike<number>): Agreement {
  const inClusters = (clusters: ArrayLike<number>): boolean[] => {
    const sizes = new Map<number, number>();
    for (const cluster of Array.from(clusters)) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
    return Array.from(clusters, (cluster) => (sizes.get(cluster) as number) > 1);
  };
  const one = inClusters(found);
  const other = inClusters(exact);
  return agreement(
    one.filter((is, at) => is && other[at]).length,
    one.filter(Boolean).length,
    other.filter(Boolean).length,
  );
}

function agreement(right: number, found: number, there: number): Agreement {
  const precision = found === 0 ? 1 : right / found;
  const recall = there === 0 ? 1 : right / there;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}
