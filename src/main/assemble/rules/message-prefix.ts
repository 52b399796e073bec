import { compatible } from '../arrival.js';
import { placeByRelation, type ThreadingRule } from '../placement.js';
import { byHistory } from '../relations/history.js';

/** The history begins with the request and response of an earlier call; the longest such beginning wins. */
export const messagePrefix: ThreadingRule = {
  id: 'message_prefix',
  title: 'Message prefix',
  description: 'The request begins with all messages of the parent and its answer.',
  place(arrival, lineage) {
    if (!arrival.call.request.history_complete) return null;
    const relation = byHistory(arrival, lineage, (node) => compatible(arrival, node));
    if (relation === null) return null;
    // A token count is asked about a conversation without being a turn of it.
    return placeByRelation(arrival.conversing ? relation : { ...relation, parent: null });
  },
};
