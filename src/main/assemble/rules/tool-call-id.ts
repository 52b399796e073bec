import { compatible } from '../arrival.js';
import { placeByRelation, type ThreadingRule } from '../placement.js';
import { byToolResults } from '../relations/tool-calls.js';

/** A tool result answers a call that an earlier response asked for. */
export const toolCallId: ThreadingRule = {
  id: 'tool_call_id',
  place(arrival, lineage) {
    if (!arrival.conversing) return null;
    const relation = byToolResults(arrival, lineage, (node) => compatible(arrival, node));
    return relation === null ? null : placeByRelation(relation);
  },
};
