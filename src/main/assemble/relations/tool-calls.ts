import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { type Arrival, likeliest } from '../arrival.js';
import { sameOpening, sameSystem } from '../chain/fingerprint.js';
import { edge } from '../confidence.js';
import type { Relation } from '../placement.js';
import { shortestUnique } from '../tool-calls.js';

/** Results beyond these add nothing to the evidence. */
const longestLook = 8;

type Asker = ReturnType<LineageReader['byToolCallId']>[number];

/** Finds the call that asked for the tool results that this one brings. */
export function byToolResults(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean,
): Relation | null {
  const ids = newResultIds(arrival);
  if (ids.length === 0) return null;
  const votes = new Map<string, { asker: Asker; ids: number; open: boolean }>();
  for (const id of ids.slice(0, longestLook)) {
    for (const asker of lineage.byToolCallId(id)) {
      if (!accept(asker)) continue;
      const vote = votes.get(asker.call_id) ?? { asker, ids: 0, open: false };
      vote.ids++;
      vote.open ||= !asker.has_result;
      votes.set(asker.call_id, vote);
    }
  }
  const all = [...votes.values()];
  const most = Math.max(0, ...all.map((vote) => vote.ids));
  const best = all.filter((vote) => vote.ids === most);
  if (best.length === 0) return null;

  const asked = lastTurn(arrival);
  const sameHistory = new Set(
    asked === 0
      ? []
      : lineage
          .byResponseChain(arrival.chain.ends[asked] as string)
          .filter(accept)
          .map((node) => node.call_id),
  );
  const agreeing = best.filter((vote) => sameHistory.has(vote.asker.call_id));
  // Ids that a server counts from one are everybody's: a call with this very history is better evidence than they are.
  if (agreeing.length === 0 && sameHistory.size > 0) return null;
  const pool = agreeing.length > 0 ? agreeing : best.filter((vote) => plausible(arrival, vote.asker, ids[0] as string));
  const openCalls = new Set(pool.filter((vote) => vote.open).map((vote) => vote.asker.call_id));
  const parent = likeliest(
    arrival,
    pool.map((vote) => vote.asker),
    (asker) => openCalls.has(asker.call_id),
  );
  if (parent === null) return null;
  const words = `${most === 1 ? 'tool result' : `${most} tool results, the first`} ${ids[0]}`;
  const agrees = agreeing.length > 0;
  if (pool.length > 1) {
    return {
      parent,
      trace_id: parent.trace_id,
      knownLinks: asked,
      edge: edge('tool_call_shared', `${words}: ${pool.length} calls asked under this id, this is the likeliest`),
    };
  }
  if (agrees || !arrival.call.request.history_complete || !isCompacted(arrival, parent)) {
    const evidence = `${words} answers the call that asked for it${agrees ? ', and the history before it agrees' : ''}`;
    return {
      parent,
      trace_id: parent.trace_id,
      knownLinks: asked,
      edge: edge(agrees ? 'tool_call_in_history' : 'tool_call_alone', evidence),
    };
  }
  return {
    parent,
    trace_id: parent.trace_id,
    knownLinks: asked,
    compacted: true,
    edge: edge('tail', `${words} answers an earlier call, but the history before it was replaced by a shorter one`),
  };
}

/** Whether the id alone may join a call whose history does not agree: a long id by itself, a short one with more. */
function plausible(arrival: Arrival, asker: Asker, id: string): boolean {
  if (!arrival.call.request.history_complete) return true;
  // Results without the turn that asked for them: the client sends ids and nothing else.
  if (lastTurn(arrival) === 0) return id.length >= shortestUnique;
  if (sameOpening(asker, arrival.fingerprint)) return true;
  return id.length >= shortestUnique && sameSystem(asker, arrival.fingerprint);
}

/** Ids of the results after the last turn of the assistant: those that are new. */
function newResultIds(arrival: Arrival): string[] {
  const last = arrival.chain.links[lastTurn(arrival) - 1];
  const ids: string[] = [];
  for (let index = last?.message ?? 0; index < arrival.messages.length; index++) {
    const message = arrival.messages[index];
    if (message === undefined || message.role === 'assistant') continue;
    for (const part of message.parts) {
      if (part.type === 'tool_result' && part.tool_call_id !== null) ids.push(part.tool_call_id);
    }
  }
  return ids;
}

/** Number of links up to and including the last turn of the assistant; 0 without one. */
export function lastTurn(arrival: Arrival): number {
  let count = arrival.chain.links.length;
  while (count > 0 && arrival.chain.links[count - 1]?.side !== 'output') count--;
  return count;
}

/**
 * Tells a compacted history (another beginning, and less than half as long) from one that was edited in place or that
 * slides along a window.
 */
export function isCompacted(arrival: Arrival, parent: CallNode): boolean {
  if (lastTurn(arrival) === 0 || sameOpening(parent, arrival.fingerprint)) return false;
  return arrival.messages.length * 2 <= parent.message_count;
}
