import { connectionKey } from '../../shared/connection.js';
import type {
  CallNode,
  ChatMessage,
  DecodedCall,
  DecodedExchange,
  LineageReader,
  Micros,
  RedactedExchange,
} from '../../shared/model/index.js';
import { sentKey } from '../../shared/sent-keys.js';
import { runOf, sessionOf } from '../../shared/session-keys.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import {
  batchFingerprint,
  fingerprintOf,
  sameAccount,
  sameClient,
  sameRun,
  sameSystem,
  sameWire,
} from './chain/fingerprint.js';
import { type Chain, chainEnd, chainOf } from './chain/merkle.js';
import { isSent } from './records/own-kind.js';
import { headerReader, type SessionEvidence, sessionEvidence, sessionKey } from './session.js';

/** A call that has come in, with everything the rules look at worked out once. */
export interface Arrival {
  decoded: DecodedExchange;
  exchange: RedactedExchange;
  call: DecodedCall;
  call_id: string;
  started_at: Micros;
  ended_at: Micros;
  messages: ChatMessage[];
  /** Over the messages sent; where the history is not resent, only over what is new. */
  chain: Chain;
  session: SessionEvidence;
  session_key: string | null;
  fingerprint: string;
  connection: string;
  /** Attempts before this one, as a client library counted them; null where it says nothing. */
  retries: number | null;
  /** False for embeddings, token counts and the like: they stand beside a conversation, not in it. */
  conversing: boolean;
}

export function arrivalOf(decoded: DecodedExchange, call: DecodedCall): Arrival {
  const { exchange } = decoded;
  const { messages, operation } = call.request;
  const session = sessionEvidence(decoded);
  const key = sessionKey(session);
  const chain = chainOf(messages);
  const conversing = operation === 'chat' || operation === 'completion' || operation === 'compact';
  const batch = operation === 'embeddings' || operation === 'other';
  const retries = headerReader(exchange.request.headers)('x-stainless-retry-count');
  return {
    decoded,
    exchange,
    call,
    call_id: nulJoinedId(exchange.started_at, exchange.exchange_id, 'call'),
    started_at: exchange.started_at,
    ended_at: exchange.ended_at,
    messages,
    chain,
    session,
    session_key: isSent(decoded.record) && key !== null ? sentKey(key) : key,
    fingerprint: batch ? batchFingerprint(decoded) : fingerprintOf(decoded, messages, chain.links),
    connection: connectionKey(exchange.client),
    retries: retries !== null && /^\d{1,4}$/.test(retries) ? Number(retries) : null,
    conversing,
  };
}

/** True where the stored call may be one that the arrival goes on from: same session or run, begun before. */
export function compatible(arrival: Arrival, node: CallNode): boolean {
  return node.started_at <= arrival.started_at && mayBelong(arrival, node);
}

/** The same, whichever began first. */
export function mayBelong(arrival: Arrival, node: CallNode): boolean {
  if (node.call_id === arrival.call_id) return false;
  const own = sessionOf(arrival.session_key);
  const other = sessionOf(node.session_key);
  // A session goes on wherever it is named; what names none stays within its run.
  if (own !== null && other !== null) return own === other;
  return runOf(node.session_key) === runOf(arrival.session_key);
}

/** Calls that sent this very request before, newest first; `failed` ones got no whole answer. */
export function earlierAttempts(arrival: Arrival, lineage: LineageReader): { node: CallNode; failed: boolean }[] {
  if (arrival.chain.links.length === 0) return [];
  const end = chainEnd(arrival.chain);
  const same = lineage.byRequestChain(end).filter((node) => compatible(arrival, node));
  // An unanswered request stands as the end of its own conversation. Behind a turn of the assistant the same end may
  // also be that of a call which answered with this turn; only those that asked for it count there.
  const ended = lineage.byResponseChain(end).filter((node) => compatible(arrival, node));
  const asked = new Set(same.map((node) => node.call_id));
  const behindTurn = arrival.chain.links[arrival.chain.links.length - 1]?.side === 'output';
  const failed = ended.filter((node) => !behindTurn || asked.has(node.call_id));
  const unanswered = new Set(failed.map((node) => node.call_id));
  const answered = same.filter((node) => !unanswered.has(node.call_id));
  return [...failed.map((node) => ({ node, failed: true })), ...answered.map((node) => ({ node, failed: false }))].sort(
    (a, b) => b.node.started_at - a.node.started_at,
  );
}

/** In how far a stored call was made by the same program in the same way: the higher at the first difference, the more. */
function likeness(arrival: Arrival, node: CallNode): number[] {
  const { fingerprint } = arrival;
  return [
    Number(sameClient(node, fingerprint)),
    Number(sameSystem(node, fingerprint)),
    Number(sameRun(node, fingerprint)),
    Number(sameWire(node, fingerprint)),
    Number(sameAccount(node, fingerprint)),
  ];
}

/** Those of several calls that are most like the arrival: same client, system prompt, run, model, credentials. */
export function mostAlike<N extends CallNode>(arrival: Arrival, nodes: N[]): N[] {
  if (nodes.length < 2) return nodes;
  const ranked = nodes.map((node) => ({ node, rank: likeness(arrival, node) }));
  const best = ranked.reduce((a, b) => (compareRanks(b.rank, a.rank) > 0 ? b : a)).rank;
  return ranked.filter(({ rank }) => compareRanks(rank, best) === 0).map(({ node }) => node);
}

/**
 * The likeliest of several stored calls that fit equally by content: finished before this one began, most alike, then
 * one that nobody has answered yet, then same connection, then the oldest of the last minute: agents go on in the order in
 * which they were answered, unless they do not go on at all.
 * An open end goes before the connection, because clients share a pool of connections among their agents: there the
 * connection says nothing, while where each agent has its own, open ends of twins are still told apart by it.
 */
export function likeliest<N extends CallNode>(
  arrival: Arrival,
  nodes: N[],
  isOpen: (node: N) => boolean = (node) => node.children === 0,
): N | null {
  return likeliestOf(arrival, nodes, isOpen).node;
}

/** Microseconds. */
const lately = 60 * 1_000_000;

/** The same, with the number of calls that only their age tells apart from it, itself among them. */
export function likeliestOf<N extends CallNode>(
  arrival: Arrival,
  nodes: N[],
  isOpen: (node: N) => boolean = (node) => node.children === 0,
): { node: N | null; equals: number } {
  let best: N | null = null;
  let bestRank: number[] = [];
  let equals = 0;
  for (const node of nodes) {
    const rank = [
      Number(node.ended_at <= arrival.started_at),
      ...likeness(arrival, node),
      Number(isOpen(node)),
      Number(node.connection === arrival.connection),
      Number(arrival.started_at - node.ended_at <= lately),
    ];
    const order = best === null ? 1 : compareRanks(rank, bestRank);
    if (order === 0) equals++;
    if (order > 0) equals = 1;
    if (best === null || order > 0 || (order === 0 && node.started_at < best.started_at)) {
      best = node;
      bestRank = rank;
    }
  }
  return { node: best, equals };
}

function compareRanks(a: number[], b: number[]): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
