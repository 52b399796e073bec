import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, likeliest, mayBelong } from '../arrival.js';
import { sameClient, sameSystem } from '../chain/fingerprint.js';
import { repeatedMark } from '../chain/marks.js';
import { chainEnd } from '../chain/merkle.js';
import { edge } from '../confidence.js';
import { newTrace, type ThreadingRule } from '../placement.js';
import { asideChain } from '../side-call.js';
import { spawnOf } from '../spawn.js';

/** Between a count of tokens and the request that was counted. Microseconds. */
const window = 60 * 1_000_000;

/** Nothing earlier fits: a beginning, of a subagent where a tool call ordered it word for word. Always answers. */
export const root: ThreadingRule = {
  id: 'root',
  title: 'First call',
  description: 'Nothing earlier fits: this call opened the trace.',
  place(arrival, lineage) {
    const late = arrival.chain.links.some((link) => link.side === 'output') || !arrival.call.request.history_complete;
    const spawn = late || !arrival.conversing ? null : spawnOf(arrival, lineage);
    if (spawn !== null) {
      return {
        trace: { ...newTrace, parent_trace_id: spawn.trace_id, parent_step_id: spawn.step_id },
        parent: null,
        knownLinks: 0,
        edge: edge(
          spawn.short ? 'root_spawned_short' : 'root_spawned',
          'begins with the words that an earlier call gave to a tool as its order',
        ),
        mark: spawn.mark,
      };
    }
    const beginning = beginningCounted(arrival, lineage);
    if (beginning !== null) {
      return {
        trace: { trace_id: beginning.trace_id },
        parent: null,
        knownLinks: arrival.chain.links.length,
        edge: edge('counted', 'counts the tokens of the very words with which the same client began this conversation'),
      };
    }
    const counted = countedBefore(arrival, lineage);
    if (counted !== null) {
      return {
        trace: { trace_id: counted.trace_id },
        parent: null,
        knownLinks: arrival.chain.links.length,
        edge: edge('counted', 'the same client had the tokens of these very words counted shortly before'),
        repeats: counted,
      };
    }
    return {
      trace: { ...newTrace },
      parent: null,
      knownLinks: 0,
      edge: late
        ? edge('root_late', 'carries a history that was never captured')
        : edge('root', 'no earlier call fits: a new conversation'),
    };
  },
};

/** The count of tokens that opened a trace for this conversation; each serves one. */
function countedBefore(arrival: Arrival, lineage: LineageReader): CallNode | null {
  if (!arrival.conversing || !arrival.call.request.history_complete || arrival.chain.links.length === 0) return null;
  const nodes = sameWords(arrival, lineage.byRequestChain(asideChain('count_tokens', chainEnd(arrival.chain))));
  return likeliest(
    arrival,
    nodes.filter((node) => lineage.byResponseChain(repeatedMark(node.call_id)).length === 0),
  );
}

/** The conversation that begins with what is counted, where its first answer came before the count. */
function beginningCounted(arrival: Arrival, lineage: LineageReader): CallNode | null {
  if (arrival.call.request.operation !== 'count_tokens' || arrival.chain.links.length === 0) return null;
  return likeliest(arrival, sameWords(arrival, lineage.byRequestChain(chainEnd(arrival.chain))));
}

function sameWords(arrival: Arrival, nodes: CallNode[]): CallNode[] {
  return nodes
    .filter((node) => mayBelong(arrival, node) && Math.abs(arrival.started_at - node.started_at) <= window)
    .filter((node) => sameClient(node, arrival.fingerprint) && sameSystem(node, arrival.fingerprint));
}
