import { compatible } from '../arrival.js';
import { placeByRelation, type ThreadingRule } from '../placement.js';
import { byToolResults } from '../relations/tool-calls.js';

/** A tool result answers a call that an earlier response asked for. */
export const toolCallId: ThreadingRule = {
  id: 'tool_call_id',
  title: 'Tool call id',
  description: 'A tool result in the request answers a tool call of the parent.',
  place(arrival, lineage) {
    if (!arrival.conversing) return null;
    const relation = byToolResults(arrival, lineage, (node) => compatible(arrival, node));
    return relation === null ? null : placeByRelation(relation);
  },
};
