import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, earlierAttempts, likeliest } from '../arrival.js';
import { edge } from '../confidence.js';
import { sameClient } from '../fingerprint.js';
import type { Relation } from '../placement.js';

/** Links looked up from the end of a history; only one that was never captured is searched this far. */
const deepestLook = 4096;
/** A retry comes soon; the same words much later are another conversation. Microseconds. */
const retryWindow = 30 * 60 * 1_000_000;

/** Finds the call whose request and response are the longest known beginning of this history. */
export function byPrefix(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean,
): Relation | null {
  const { links, ends } = arrival.chain;
  const attempts = earlierAttempts(arrival, lineage).filter((attempt) => accept(attempt.node));
  const failed = openFailures(arrival, attempts);
  const lowest = Math.max(1, links.length - deepestLook);
  for (let count = links.length; count >= lowest; count--) {
    const end = ends[count] as string;
    const whole = count === links.length;
    const unanswered = whole ? new Set(attempts.filter((a) => a.failed).map((a) => a.node.call_id)) : null;
    const nodes = lineage.byResponseChain(end).filter((node) => accept(node) && !unanswered?.has(node.call_id));
    if (nodes.length > 0) return continuation(arrival, nodes, failed, count);
    const edited = links[count - 1]?.side === 'input' && links[count]?.side === 'output';
    const relation = edited ? editedAnswer(arrival, lineage.byRequestChain(end).filter(accept), count) : null;
    if (relation !== null) return relation;
  }
  return retryOfBeginning(arrival, attempts, failed);
}

function continuation(arrival: Arrival, nodes: CallNode[], failed: CallNode[], known: number): Relation {
  const { links } = arrival.chain;
  const attempt = failed.find((call) => nodes.some((node) => node.call_id === call.parent_call_id));
  const retried = nodes.find((node) => node.call_id === attempt?.parent_call_id);
  if (retried !== undefined && attempt !== undefined) {
    return { parent: retried, trace_id: retried.trace_id, known, edge: retryEdge(arrival, attempt) };
  }
  const parent = likeliest(arrival, nodes) as CallNode;
  const history = `the first ${known} of ${links.length} parts of the history are the request and response of an earlier call`;
  if (nodes.length === 1) {
    return { parent, trace_id: parent.trace_id, known, edge: edge('prefix_unique', history) };
  }
  const overConnection = nodes.filter((node) => node.connection === arrival.connection);
  const byConnection = overConnection.length === 1 && overConnection[0] === parent;
  const evidence = byConnection
    ? `${history}; of ${nodes.length} such calls it came over the same connection`
    : `${history}; of ${nodes.length} such calls it is the oldest that nothing had answered yet`;
  return {
    parent,
    trace_id: parent.trace_id,
    known,
    edge: edge(byConnection ? 'prefix_connection' : 'prefix_order', evidence),
  };
}

/**
 * The history is known up to an answer that differs: somebody edited it. Before the first answer this proves nothing,
 * since agents with the same beginning are many.
 */
function editedAnswer(arrival: Arrival, nodes: CallNode[], known: number): Relation | null {
  const { links } = arrival.chain;
  if (!links.slice(0, known).some((link) => link.side === 'output')) return null;
  if (new Set(nodes.map((node) => node.trace_id)).size !== 1) return null;
  const node = likeliest(arrival, nodes, () => true) as CallNode;
  const evidence = `the history agrees with an earlier call up to part ${known} of ${links.length}; the answer after it was edited`;
  return { parent: node, trace_id: node.trace_id, known, edge: edge('prefix_edited', evidence) };
}

/** Failed attempts at this request that nothing has retried yet: same client, shortly before; same connection first. */
function openFailures(arrival: Arrival, attempts: { node: CallNode; failed: boolean }[]): CallNode[] {
  const answered = new Map<string, number>();
  for (const { node, failed } of attempts) {
    if (!failed) answered.set(node.trace_id, Math.max(node.started_at, answered.get(node.trace_id) ?? 0));
  }
  return attempts
    .filter(({ node, failed }) => failed && sameClient(node, arrival.fingerprint))
    .map(({ node }) => node)
    .filter((node) => arrival.started_at - node.ended_at <= retryWindow && node.children === 0)
    .filter((node) => (answered.get(node.trace_id) ?? 0) < node.started_at)
    .sort(
      (a, b) =>
        Number(b.connection === arrival.connection) - Number(a.connection === arrival.connection) ||
        a.started_at - b.started_at,
    );
}

/**
 * A repeated beginning is a retry only if no other agent may have meant it: counted as one by the client, over the same
 * connection as the failed attempt and as no other trace's, or while nobody else began with these words.
 */
function retryOfBeginning(
  arrival: Arrival,
  attempts: { node: CallNode; failed: boolean }[],
  failed: CallNode[],
): Relation | null {
  const attempt = failed.find((call) => {
    const others = attempts.filter(({ node }) => node.trace_id !== call.trace_id);
    if (others.length === 0 || (arrival.retries ?? 0) > 0) return true;
    return call.connection === arrival.connection && others.every(({ node }) => node.connection !== arrival.connection);
  });
  if (attempt === undefined) return null;
  return {
    parent: null,
    trace_id: attempt.trace_id,
    known: arrival.chain.links.length,
    edge: retryEdge(arrival, attempt),
  };
}

function retryEdge(arrival: Arrival, attempt: CallNode) {
  const seconds = Math.max(0, (arrival.started_at - attempt.ended_at) / 1_000_000).toFixed(1);
  return (arrival.retries ?? 0) > 0
    ? edge('retry_counted', `attempt ${arrival.retries} again at a request that failed ${seconds} s before`)
    : edge('retry', `repeats a request of the same client that failed ${seconds} s before`);
}
