import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import type { Arrival } from '../arrival.js';
import { edge } from '../confidence.js';
import type { Relation } from '../placement.js';
import { byPrefix } from './prefix.js';
import { byTail } from './tail.js';
import { lastTurn } from './tool-calls.js';

/**
 * Finds the call that a resent history goes on from by its longest known beginning. Where that ends before the last
 * answer, something in the middle was edited (a tool result cleared, a message trimmed): a later turn that the same
 * trace knows is nearer then, and what follows it is all that is new.
 */
export function byHistory(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean,
): Relation | null {
  const found = byPrefix(arrival, lineage, accept);
  if (found === null || found.knownLinks >= lastTurn(arrival)) return found;
  const later = byTail(arrival, lineage, (node) => accept(node) && node.trace_id === found.trace_id);
  if (later === null || later.knownLinks <= found.knownLinks) return found;
  const evidence = `a recent turn is known from an earlier call of the trace that the first ${found.knownLinks} parts belong to; the history between was edited`;
  return {
    parent: later.parent,
    trace_id: found.trace_id,
    knownLinks: later.knownLinks,
    edge: edge('prefix_edited', evidence),
  };
}
