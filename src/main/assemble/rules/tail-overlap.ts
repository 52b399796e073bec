import { compatible } from '../arrival.js';
import { placeByRelation, type ThreadingRule } from '../placement.js';
import { byTail } from '../relations/tail.js';

/** The head of the history was rewritten (compaction, a sliding window), its tail is known. */
export const tailOverlap: ThreadingRule = {
  id: 'tail_overlap',
  place(arrival, lineage) {
    if (!arrival.conversing) return null;
    const relation = byTail(arrival, lineage, (node) => compatible(arrival, node));
    return relation === null ? null : placeByRelation(relation);
  },
};
