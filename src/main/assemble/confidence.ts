import type { Edge } from '../../shared/model/index.js';

/**
 * How sure each kind of edge is, in one place. `bench lineage` counts how often the edges of each value led to the right
 * call (seed 3, 160,000 edges): 0.98 and more 1.000, retry 0.998, root 0.997, prefix by connection or by likeness together
 * 0.80, retry by time 0.59, the oldest of n alike 0.19 for n = 2 and less beyond; tail, summary, edited and late beginnings
 * 1.000. These last stand lower, because real histories are edited, compacted and lost in more ways than a generator's.
 */
const table = {
  /** The client named the session itself. */
  session_named: ['session_header', 'recorded', 1],
  /** The first call that names this session goes on with a history captured without the name. */
  session_adopted: ['session_header', 'recorded', 0.9],
  /** The vendor's id of an earlier response, sent back; one call answered under it. */
  response_id: ['response_id', 'recorded', 1],
  /** The same, but several calls answered under it (test servers count from one): the nearest was taken. */
  response_id_shared: ['response_id', 'recorded', 0.8],
  conversation_id: ['response_id', 'recorded', 1],
  /** Vendor-made ids are unique, and the resent history agrees up to the asking turn. */
  tool_call_in_history: ['tool_call_id', 'recorded', 0.99],
  /** The id answers, the history before it was edited or not resent. */
  tool_call_alone: ['tool_call_id', 'recorded', 0.95],
  /** Several calls asked under the same id: told apart by history, connection, order. */
  tool_call_shared: ['tool_call_id', 'inferred', 0.75],
  /** One call alone ends with exactly this history. */
  prefix_unique: ['message_prefix', 'inferred', 0.98],
  /** Several do, and only one of them came over this connection. */
  prefix_connection: ['message_prefix', 'inferred', 0.85],
  /** Several do, and client, prompt, model or an open end single one out. */
  prefix_alike: ['message_prefix', 'inferred', 0.75],
  /** Several do, and nothing that was sent tells them apart: the oldest of n was taken, 0.5 / n. */
  prefix_order: ['message_prefix', 'inferred', 0.25],
  /** The history matches but for the shape of quotes and dashes in its answers. */
  prefix_plain: ['message_prefix', 'inferred', 0.9],
  /** The history matches up to an answer that was edited or cut. */
  prefix_edited: ['message_prefix', 'inferred', 0.8],
  /** The request repeats one that failed. */
  retry: ['message_prefix', 'inferred', 0.9],
  /** The same, where others began with the same words: likelier than another beginning by the time alone. */
  retry_likely: ['message_prefix', 'inferred', 0.6],
  /** A client library counted it as a retry. */
  retry_counted: ['message_prefix', 'recorded', 0.95],
  /** The end of the history is known, its head was rewritten. */
  tail: ['tail_overlap', 'inferred', 0.75],
  /** The history begins with what an earlier call answered, word for word: it summarised what was dropped. */
  summary: ['tail_overlap', 'inferred', 0.9],
  /** Same prompt, same first words, same client, shortly after, and no other trace fits. */
  fingerprint: ['fingerprint', 'inferred', 0.5],
  /** One of two is a count of tokens, of the very words that the same client sent within a minute. */
  counted: ['message_prefix', 'inferred', 0.9],
  /** A request without earlier answers: a beginning by all that can be seen. */
  root: ['root', 'inferred', 0.95],
  /** The first words are what an earlier call told a tool to do: a subagent's beginning. */
  root_spawned: ['root', 'inferred', 0.9],
  /** The same, where the order was short: others may begin with it too. */
  root_spawned_short: ['root', 'inferred', 0.6],
  /** It carries answers that were never captured: it began before the studio saw it. */
  root_late: ['root', 'inferred', 0.6],
} as const satisfies Record<string, readonly [Edge['rule'], Edge['basis'], number]>;

export type EdgeKind = keyof typeof table;

/**
 * An edge of the given kind with its one-sentence evidence.
 * @param most bound of the confidence where the case itself sets one, 0..1
 */
export function edge(kind: EdgeKind, evidence: string, most = 1): Edge {
  const [rule, basis, confidence] = table[kind];
  return { rule, basis, confidence: Math.min(confidence, Math.round(most * 100) / 100), evidence };
}
