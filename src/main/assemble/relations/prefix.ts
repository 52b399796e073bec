import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, earlierAttempts, likeliest, likeliestOf, mostAlike } from '../arrival.js';
import { lookupLength, sameClient, sameRun, sameSystem, sameWire } from '../chain/fingerprint.js';
import { repeatedMark } from '../chain/marks.js';
import { type EdgeKind, edge } from '../confidence.js';
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
  const { links, ends, plainEnds } = arrival.chain;
  const attempts = earlierAttempts(arrival, lineage).filter((attempt) => accept(attempt.node));
  const failed = openFailures(arrival, attempts, lineage);
  const lowest = Math.max(1, links.length - deepestLook);
  for (let count = links.length; count >= lowest; count--) {
    const end = ends[count] as string;
    const whole = count === links.length;
    const unanswered = whole ? new Set(attempts.filter((a) => a.failed).map((a) => a.node.call_id)) : null;
    const nodes = lineage.byResponseChain(end).filter((node) => accept(node) && !unanswered?.has(node.call_id));
    if (nodes.length > 0) return continuation(arrival, nodes, failed, count);
    const retyped = links[count - 1]?.side === 'output' ? plainEnds[count] : undefined;
    if (retyped !== undefined && retyped !== end) {
      const relation = retypedAnswer(arrival, lineage.byResponseChain(retyped).filter(accept), count);
      if (relation !== null) return relation;
    }
    const edited = links[count - 1]?.side === 'input' && links[count]?.side === 'output';
    const relation = edited ? editedAnswer(arrival, lineage.byRequestChain(end).filter(accept), count) : null;
    if (relation !== null) return relation;
  }
  return retryOfBeginning(arrival, attempts, failed);
}

function continuation(arrival: Arrival, nodes: CallNode[], failed: CallNode[], knownLinks: number): Relation {
  const { links } = arrival.chain;
  const attempt = failed.find((call) => nodes.some((node) => node.call_id === call.parent_call_id));
  const retried = nodes.find((node) => node.call_id === attempt?.parent_call_id);
  if (retried !== undefined && attempt !== undefined) {
    return {
      parent: retried,
      trace_id: retried.trace_id,
      knownLinks,
      edge: retryEdge(arrival, attempt),
      repeats: attempt,
    };
  }
  const likely = likeliestOf(arrival, nodes);
  const parent = likely.node as CallNode;
  const history = `the first ${knownLinks} of ${links.length} parts of the history are the request and response of an earlier call`;
  if (nodes.length === 1) {
    return { parent, trace_id: parent.trace_id, knownLinks, edge: edge('prefix_unique', history) };
  }
  const overConnection = nodes.filter((node) => node.connection === arrival.connection);
  const byConnection = overConnection.length === 1 && overConnection[0] === parent;
  const kind = byConnection ? 'prefix_connection' : likely.equals === 1 ? 'prefix_alike' : 'prefix_order';
  const difference = {
    prefix_connection: 'it came over the same connection',
    prefix_alike: 'it is the only one of this client that nothing had answered yet',
    prefix_order: `${likely.equals} are alike in all that was sent, this is the oldest`,
  };
  const evidence = `${history}; of ${nodes.length} such calls ${difference[kind]}`;
  return {
    parent,
    trace_id: parent.trace_id,
    knownLinks,
    edge: edge(kind, evidence, kind === 'prefix_order' ? 0.5 / likely.equals : undefined),
  };
}

/** The history is known but for the shape of the quotes and dashes in its answers: an editor or a client changed them. */
function retypedAnswer(arrival: Arrival, nodes: CallNode[], knownLinks: number): Relation | null {
  const { node: parent, equals } = likeliestOf(arrival, nodes);
  if (parent === null) return null;
  const evidence = `the first ${knownLinks} of ${arrival.chain.links.length} parts of the history are the request and response of an earlier call, with other quotes or dashes`;
  return {
    parent,
    trace_id: parent.trace_id,
    knownLinks,
    edge: edge(equals === 1 ? 'prefix_plain' : 'prefix_order', evidence, equals === 1 ? undefined : 0.5 / equals),
  };
}

/**
 * The history is known up to an answer that differs: somebody edited it. Before the first answer this proves nothing,
 * since agents with the same beginning are many.
 */
function editedAnswer(arrival: Arrival, nodes: CallNode[], knownLinks: number): Relation | null {
  const { links } = arrival.chain;
  if (!links.slice(0, knownLinks).some((link) => link.side === 'output')) return null;
  const alike = mostAlike(arrival, nodes);
  if (new Set(alike.map((node) => node.trace_id)).size !== 1) return null;
  const node = likeliest(arrival, alike, () => true) as CallNode;
  const evidence = `the history agrees with an earlier call up to part ${knownLinks} of ${links.length}; the answer after it was edited`;
  return { parent: node, trace_id: node.trace_id, knownLinks, edge: edge('prefix_edited', evidence) };
}

/** Failed attempts at this request that nothing has retried yet: same client, shortly before; same connection first. */
function openFailures(
  arrival: Arrival,
  attempts: { node: CallNode; failed: boolean }[],
  lineage: LineageReader,
): CallNode[] {
  const answered = new Map<string, number>();
  for (const { node, failed } of attempts) {
    if (!failed) answered.set(node.trace_id, Math.max(node.started_at, answered.get(node.trace_id) ?? 0));
  }
  return attempts
    .filter(({ node, failed }) => failed && sameClient(node, arrival.fingerprint))
    .map(({ node }) => node)
    .filter((node) => sameWire(node, arrival.fingerprint) || node.fingerprint.length === lookupLength)
    .filter((node) => arrival.started_at - node.ended_at <= retryWindow && node.children === 0)
    .filter((node) => (answered.get(node.trace_id) ?? 0) < node.started_at)
    .filter((node) => lineage.byResponseChain(repeatedMark(node.call_id)).length === 0)
    .sort(
      (a, b) =>
        Number(b.connection === arrival.connection) - Number(a.connection === arrival.connection) ||
        a.started_at - b.started_at,
    );
}

/** A failed attempt is repeated within about this time more often than not, and ever more rarely later. Microseconds. */
const usualPause = 2_000_000;

/**
 * A repeated beginning is a retry only if it is unlikely to be another agent with the same words: where the client says
 * so, where nobody else began with them, where each conversation has a connection of its own and it came over that of the
 * failed attempt. Else time decides: a retry is the likelier, the sooner it comes and the rarer such beginnings are.
 */
function retryOfBeginning(
  arrival: Arrival,
  attempts: { node: CallNode; failed: boolean }[],
  failed: CallNode[],
): Relation | null {
  const alike = failed.filter((node) => sameSystem(node, arrival.fingerprint));
  const found = (attempt: CallNode | undefined, kind: EdgeKind): Relation | null =>
    attempt === undefined
      ? null
      : {
          parent: null,
          trace_id: attempt.trace_id,
          knownLinks: arrival.chain.links.length,
          edge: retryEdge(arrival, attempt, kind),
          repeats: attempt,
        };
  const [first] = alike;
  if (first === undefined) return null;
  if ((arrival.retries ?? 0) > 0) return found(first, 'retry');
  const ofRun = alike.find((node) => sameRun(node, arrival.fingerprint));
  if (ofRun !== undefined) return found(ofRun, 'retry');
  // A question about the first words (what kind of message is this?) has them too, but another prompt or model.
  const begun = attempts.filter(
    ({ node }) => sameSystem(node, arrival.fingerprint) && sameWire(node, arrival.fingerprint),
  );
  const traces = new Set(begun.map(({ node }) => node.trace_id));
  if (traces.size === 1) return found(first, 'retry');
  if (ownConnections(begun)) {
    return found(
      alike.find((node) => node.connection === arrival.connection),
      'retry',
    );
  }
  // A library that counts its attempts says that this is none, and so does whoever asks for it at leisure.
  if (arrival.retries !== null) return null;
  const oldest = begun[begun.length - 1]?.node.started_at ?? arrival.started_at;
  const pause = (arrival.started_at - oldest) / traces.size;
  const [latest] = [...alike].sort((a, b) => b.ended_at - a.ended_at) as [CallNode];
  const likely = arrival.started_at - latest.ended_at + usualPause < pause * alike.length;
  return likely ? found(latest, 'retry_likely') : null;
}

/** True where no two conversations came over one connection. */
function ownConnections(attempts: { node: CallNode }[]): boolean {
  const traceOf = new Map<string | null, string>();
  for (const { node } of attempts) {
    if ((traceOf.get(node.connection) ?? node.trace_id) !== node.trace_id) return false;
    traceOf.set(node.connection, node.trace_id);
  }
  return true;
}

function retryEdge(arrival: Arrival, attempt: CallNode, kind: EdgeKind = 'retry') {
  const seconds = Math.max(0, (arrival.started_at - attempt.ended_at) / 1_000_000).toFixed(1);
  if ((arrival.retries ?? 0) > 0)
    return edge('retry_counted', `attempt ${arrival.retries} again at a request that failed ${seconds} s before`);
  const evidence = `repeats a request of the same client that failed ${seconds} s before`;
  return edge(kind, kind === 'retry' ? evidence : `${evidence}; others began with the same words, but none so lately`);
}
