import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, compatible, likeliest } from '../arrival.js';
import { edge } from '../confidence.js';
import { placeByRelation, type Relation, type ThreadingRule } from '../placement.js';

/** The request names the response or the conversation that it goes on from. */
export const responseId: ThreadingRule = {
  id: 'response_id',
  title: 'Response id',
  description: 'The request names an earlier response or conversation of the vendor.',
  place(arrival, lineage) {
    const relation = byResponseId(arrival, lineage, (node) => compatible(arrival, node));
    return relation === null ? null : placeByRelation(relation);
  },
};

export function byResponseId(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean,
): Relation | null {
  const { previous_response_id: previous, conversation_id: conversation } = arrival.call.request;
  if (previous !== undefined) {
    const nodes = lineage.byResponseId(previous).filter(accept);
    const parent = likeliest(arrival, nodes);
    if (parent !== null) {
      const evidence = `previous_response_id is the id of an earlier response, ${previous}`;
      const kind = nodes.length === 1 ? 'response_id' : 'response_id_shared';
      return { parent, trace_id: parent.trace_id, knownLinks: 0, edge: edge(kind, evidence) };
    }
  }
  if (conversation !== undefined) {
    const parent = lineage
      .byConversationId(conversation)
      .filter(accept)
      .reduce<CallNode | null>((a, b) => (a === null || b.started_at > a.started_at ? b : a), null);
    if (parent !== null) {
      const evidence = `the request belongs to conversation ${conversation}, as this earlier call did`;
      return { parent, trace_id: parent.trace_id, knownLinks: 0, edge: edge('conversation_id', evidence) };
    }
  }
  return null;
}
