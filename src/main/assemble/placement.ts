import type { CallNode, Edge, LineageReader } from '../../shared/model/index.js';
import type { Listed } from '../ground/list.js';
import type { Arrival } from './arrival.js';

/** Where a rule puts a call. */
export interface Placement {
  trace:
    | { trace_id: string }
    | { new: true; parent_trace_id: string | null; parent_step_id: string | null; predecessor_trace_id: string | null };
  /** The call whose request and response this one goes on from; null for a beginning. */
  parent: CallNode | null;
  /** Leading links of the arrival's history that the trace already shows as steps. */
  knownLinks: number;
  edge: Edge;
  /** The history before it was replaced by something shorter. */
  compacted?: true;
  /** The failed call that this one repeats. */
  repeats?: CallNode;
  /** Rules that could not be asked. */
  failed_rules?: string[];
  /** Mark that the call leaves for others. */
  mark?: string;
  /** Calls of the trace before whose messages are not told again: what is kept of a compacted history stands there. */
  keptCalls?: CallNode[];
}

export const newTrace = { new: true, parent_trace_id: null, parent_step_id: null, predecessor_trace_id: null } as const;

/** One way of telling where a call belongs. Answers null where it has nothing to say; the next rule is asked then. */
export interface ThreadingRule extends Listed<Edge['rule']> {
  description: string;
  place(arrival: Arrival, lineage: LineageReader): Placement | null;
}

/** How an arrival continues a stored call, found by content. */
export interface Relation {
  parent: CallNode | null;
  trace_id: string;
  knownLinks: number;
  edge: Edge;
  repeats?: CallNode;
  /** The head of the history is gone: the arrival continues the call, but not its trace as it stands. */
  compacted?: boolean;
}

/** A relation as a placement: in the related trace, or in a new segment after it. */
export function placeByRelation(relation: Relation): Placement {
  const { parent, knownLinks, edge, repeats } = relation;
  if (!relation.compacted) {
    return {
      trace: { trace_id: relation.trace_id },
      parent,
      knownLinks,
      edge,
      ...(repeats === undefined ? {} : { repeats }),
    };
  }
  return {
    trace: { ...newTrace, predecessor_trace_id: relation.trace_id },
    parent,
    knownLinks: 0,
    edge,
    compacted: true,
  };
}
