import type { CallNode } from '../../../shared/model/index.js';
import { compatible } from '../arrival.js';
import { placeByRelation, type ThreadingRule } from '../placement.js';
import { bySummary } from '../relations/summary.js';
import { byTail } from '../relations/tail.js';

/** The head of the history was rewritten (compaction, a sliding window): its tail or the summary in it is known. */
export const tailOverlap: ThreadingRule = {
  id: 'tail_overlap',
  title: 'Tail overlap',
  description: 'The head of the history was rewritten; its tail is the parent’s.',
  place(arrival, lineage) {
    if (!arrival.conversing) return null;
    const accept = (node: CallNode) => compatible(arrival, node);
    const relation = byTail(arrival, lineage, accept) ?? bySummary(arrival, lineage, accept);
    return relation === null ? null : placeByRelation(relation);
  },
};
