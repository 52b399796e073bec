import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, likeliest } from '../arrival.js';
import { sameClient, sameSystem } from '../chain/fingerprint.js';
import { summaryMarks } from '../chain/marks.js';
import { edge } from '../confidence.js';
import type { Relation } from '../placement.js';

/** Microseconds. */
const window = 24 * 3600 * 1_000_000;

/** Finds the call whose whole answer, a summary, stands in the first words of this history: all else was dropped. */
export function bySummary(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean,
): Relation | null {
  for (const mark of summaryMarks(arrival.messages)) {
    const nodes = lineage
      .byResponseChain(mark)
      .filter((node) => accept(node) && sameClient(node, arrival.fingerprint) && sameSystem(node, arrival.fingerprint))
      .filter((node) => node.ended_at <= arrival.started_at && arrival.started_at - node.ended_at <= window);
    if (nodes.length === 0) continue;
    // The same summary in two traces tells neither.
    if (new Set(nodes.map((node) => node.trace_id)).size !== 1) return null;
    const parent = likeliest(arrival, nodes);
    if (parent === null) return null;
    const evidence = 'the first words contain the whole answer of an earlier call with the same system prompt';
    return { parent, trace_id: parent.trace_id, knownLinks: 0, compacted: true, edge: edge('summary', evidence) };
  }
  return null;
}
