import { compatible } from '../arrival.js';
import { lookupLength } from '../chain/fingerprint.js';
import { edge } from '../confidence.js';
import type { ThreadingRule } from '../placement.js';
import { lastTurn } from '../relations/tool-calls.js';

/** Microseconds. */
const window = 30 * 60 * 1_000_000;

/**
 * Same system prompt, first words and client, and nothing better. Only where a wrong answer is unlikely: the request
 * carries earlier answers, goes on over the same connection soon after, has not become shorter, and one trace fits.
 */
export const fingerprint: ThreadingRule = {
  id: 'fingerprint',
  title: 'Fingerprint',
  description: 'Same client, system prompt and first message: a guess.',
  place(arrival, lineage) {
    const nodes = lineage
      .byFingerprint(arrival.fingerprint.slice(0, lookupLength))
      .filter((node) => compatible(arrival, node) && arrival.started_at - node.ended_at <= window)
      .filter((node) => node.connection === arrival.connection);
    const latest = nodes.reduce((a, b) => (b.started_at > a.started_at ? b : a), nodes[0] as (typeof nodes)[number]);
    if (latest === undefined || new Set(nodes.map((node) => node.trace_id)).size !== 1) return null;
    if (!arrival.conversing) {
      return {
        trace: { trace_id: latest.trace_id },
        parent: null,
        knownLinks: 0,
        edge: edge('fingerprint', 'the same kind of request to the same model over the same connection'),
      };
    }
    if (lastTurn(arrival) === 0 || !arrival.call.request.history_complete) return null;
    if (latest.ended_at > arrival.started_at || arrival.messages.length < latest.message_count) return null;
    return {
      trace: { trace_id: latest.trace_id },
      parent: latest,
      knownLinks: lastTurn(arrival),
      edge: edge('fingerprint', 'same system prompt, first words and connection as the call before, soon after it'),
    };
  },
};
