import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, likeliest, mostAlike } from '../arrival.js';
import { sameClient, sameSystem } from '../chain/fingerprint.js';
import { tailsOf } from '../chain/marks.js';
import { edge } from '../confidence.js';
import type { Relation } from '../placement.js';
import { isCompacted } from './tool-calls.js';

/** Marks looked up from the end of the history. */
const deepestLook = 16;
/** Microseconds. */
const window = 24 * 3600 * 1_000_000;

/** Finds the latest turn of this history that is known from a call with another history before it. */
export function byTail(arrival: Arrival, lineage: LineageReader, accept: (node: CallNode) => boolean): Relation | null {
  let looked = 0;
  for (const tail of tailsOf(arrival.chain)) {
    if (++looked > deepestLook) return null;
    const nodes = lineage
      .byResponseChain(tail.mark)
      .filter((node) => accept(node) && sameClient(node, arrival.fingerprint))
      .filter((node) => tail.paired || sameSystem(node, arrival.fingerprint))
      .filter((node) => arrival.started_at - node.ended_at <= window);
    if (nodes.length === 0) continue;
    const alike = mostAlike(arrival, nodes);
    const overConnection = alike.filter((node) => node.connection === arrival.connection);
    const pool = overConnection.length > 0 ? overConnection : alike;
    // Twins that got the same answer cannot be told apart by it; a wrong merge is worse than a new beginning.
    if (new Set(pool.map((node) => node.trace_id)).size !== 1) return null;
    const parent = likeliest(arrival, pool) as CallNode;
    const evidence = tail.paired
      ? 'a recent turn and the input before it are known from an earlier call, the history before them differs'
      : 'a recent turn is known from an earlier call with the same system prompt, the history before it differs';
    return {
      parent,
      trace_id: parent.trace_id,
      knownLinks: tail.links,
      compacted: isCompacted(arrival, parent),
      edge: edge('tail', evidence),
    };
  }
  return null;
}
