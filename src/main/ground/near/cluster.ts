import { bandGroups } from './candidates.js';
import { equalNumbers, permutations, rowsPerBand } from './minhash.js';
import { similarity } from './shingles.js';
import { UnionFind } from './union-find.js';

/** Jaccard similarity of shingles from which on two documents are near-duplicates, where nothing else is asked for. */
export const defaultThreshold = 0.72;

/** Standard errors of the estimate by signatures that a pair may lie below the threshold and still be looked at exactly. */
const slack = 4;

export interface SignedDocuments {
  count: number;
  /** `permutations` numbers a document. */
  signatures: Int32Array;
  /** Shingles of one document, in rising order; asked for candidates alone. */
  shingles(document: number): Int32Array;
}

/**
 * The cluster of each document: the smallest number in it. Two documents are in one where a chain of pairs with at least `threshold`
 * (Jaccard) leads from one to the other; candidates are found by bands, and each pair is verified by its shingles. Which documents
 * there are decides alone, not the order in which they are looked at. `pause` is called often.
 */
export async function clusterOf(
  documents: SignedDocuments,
  threshold: number,
  pause: () => Promise<void> | void = () => undefined,
): Promise<Int32Array> {
  const { count, signatures, shingles } = documents;
  const sets = new UnionFind(count);
  const least = permutations * (threshold - slack * Math.sqrt((threshold * (1 - threshold)) / permutations));
  const refused = new Set<number>();
  const near = (a: number, b: number): boolean => {
    if (equalNumbers(signatures, a, b) < least) return false;
    const pair = a * count + b;
    if (refused.has(pair)) return false;
    if (similarity(shingles(a), shingles(b)) >= threshold) return true;
    refused.add(pair);
    return false;
  };
  for (const members of bandGroups(signatures, { documents: count, permutations, rows: rowsPerBand })) {
    unitePairs(members, sets, near);
    await pause();
  }
  return Int32Array.from({ length: count }, (_, at) => sets.find(at));
}

/** Unites all of one band's group that a chain of near pairs joins. */
function unitePairs(members: readonly number[], sets: UnionFind, near: (a: number, b: number) => boolean): void {
  // Each is one set already: only a pair between two of them can tell something new.
  const groups: number[][] = [];
  for (const member of members) {
    const root = sets.find(member);
    const joined = groups.filter(
      (group) => sets.find(group[0] as number) === root || group.some((other) => near(other, member)),
    );
    const [home, ...others] = joined;
    if (home === undefined) {
      groups.push([member]);
      continue;
    }
    sets.unite(home[0] as number, member);
    home.push(member);
    for (const other of others) {
      sets.unite(home[0] as number, other[0] as number);
      for (const one of other) home.push(one);
      groups.splice(groups.indexOf(other), 1);
    }
  }
}
