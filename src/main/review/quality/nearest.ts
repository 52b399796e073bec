import { bandGroups } from '../../ground/near/candidates.js';
import { equalNumbers, permutations } from '../../ground/near/minhash.js';
import type { Corpus, NearDocument } from '../duplicates/corpus.js';
import type { Nearest } from './peers.js';

/** Narrower bands than those of near-duplicates: 28 of 4 find half of the pairs at a similarity of 0.4, nine in ten at 0.53. */
const rows = 4;
/** Earlier ones of a band that a trace is compared with: of hundreds that share a band any of the last says enough. */
const compared = 32;
/** Below this two traces share no more than phrases. */
const least = 0.1;

/** For each document the most similar one that began before it, by the share of equal numbers in their signatures; null for none. */
export async function nearestEarlier(corpus: Corpus, pause: () => Promise<void>): Promise<Map<string, Nearest | null>> {
  const { documents, signatures, count } = corpus;
  const best = new Map<string, Nearest | null>(documents.map(({ trace_id }) => [trace_id, null]));
  for (const members of bandGroups(signatures, { documents: count, permutations, rows })) {
    const ordered = [...members].sort((a, b) => byAge(documents[a] as NearDocument, documents[b] as NearDocument));
    ordered.forEach((member, at) => {
      const { trace_id } = documents[member] as NearDocument;
      for (const other of ordered.slice(Math.max(0, at - compared), at)) {
        const similarity = equalNumbers(signatures, member, other) / permutations;
        const earlier = (documents[other] as NearDocument).trace_id;
        const nearest = best.get(trace_id) ?? null;
        if (similarity < least || (nearest !== null && !isNearer({ trace_id: earlier, similarity }, nearest))) continue;
        best.set(trace_id, { trace_id: earlier, similarity });
      }
    });
    await pause();
  }
  return best;
}

function byAge(a: NearDocument, b: NearDocument): number {
  return a.started_at - b.started_at || (a.trace_id < b.trace_id ? -1 : 1);
}

/** Of two as near the smaller id, so that the answer does not depend on the order in which they are found. */
function isNearer(a: Nearest, b: Nearest): boolean {
  return a.similarity > b.similarity || (a.similarity === b.similarity && a.trace_id < b.trace_id);
}
