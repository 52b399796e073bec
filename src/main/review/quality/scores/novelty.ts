import type { PeerRule } from '../rule.js';

/** How unlike it is to the most similar trace that began earlier. */
export const novelty: PeerRule = {
  id: 'novelty',
  title: 'Novelty',
  description: '1 less the similarity (word 5-grams) to the most similar earlier trace.',
  weight: 0.5,
  among(traceId, peers) {
    const nearest = peers.nearest(traceId);
    if (nearest === undefined) return { reason: 'Nothing is said in it that could be compared.' };
    if (peers.count < 2) return { reason: 'There is no other trace to compare it with.' };
    if (nearest === null) return { value: 1, evidence: `like none of ${peers.count - 1} other traces` };
    return {
      value: 1 - nearest.similarity,
      evidence: `${Math.round(nearest.similarity * 100)}% like trace ${nearest.trace_id}`,
    };
  },
};
