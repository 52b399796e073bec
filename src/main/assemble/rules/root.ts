import { edge } from '../confidence.js';
import { newTrace, type ThreadingRule } from '../placement.js';
import { spawnOf } from '../spawn.js';

/** Nothing earlier fits: a beginning, of a subagent where a tool call ordered it word for word. Always answers. */
export const root: ThreadingRule = {
  id: 'root',
  place(arrival, lineage) {
    const late = arrival.chain.links.some((link) => link.side === 'output') || !arrival.call.request.history_complete;
    const spawn = late || !arrival.conversing ? null : spawnOf(arrival, lineage);
    if (spawn !== null) {
      return {
        trace: { ...newTrace, parent_trace_id: spawn.trace_id, parent_step_id: spawn.step_id },
        parent: null,
        known: 0,
        edge: edge('root_spawned', 'begins with the words that an earlier call gave to a tool as its order'),
      };
    }
    return {
      trace: { ...newTrace },
      parent: null,
      known: 0,
      edge: late
        ? edge('root_late', 'carries a history that was never captured')
        : edge('root', 'no earlier call fits: a new conversation'),
    };
  },
};
