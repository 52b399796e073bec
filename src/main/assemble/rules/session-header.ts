import type { CallNode, LineageReader } from '../../../shared/model/index.js';
import { sessionLookup, sessionOf } from '../../../shared/session-keys.js';
import { type Arrival, compatible } from '../arrival.js';
import { sameOpening } from '../chain/fingerprint.js';
import { windowMark } from '../chain/marks.js';
import { edge } from '../confidence.js';
import { newTrace, type Placement, type Relation, type ThreadingRule } from '../placement.js';
import { byHistory } from '../relations/history.js';
import { bySummary } from '../relations/summary.js';
import { byTail } from '../relations/tail.js';
import { byToolResults } from '../relations/tool-calls.js';
import { sessionKey } from '../session.js';
import { isSideCall } from '../side-call.js';
import { spawnOf } from '../spawn.js';
import { nameMark } from '../witness/witness.js';
import { byResponseId } from './response-id.js';

/** The client says which session a call belongs to, in a header, in the body or in the gateway path. */
export const sessionHeader: ThreadingRule = {
  id: 'session_header',
  title: 'Session header',
  description: 'The client named the session in a header or in the path.',
  place(arrival, lineage) {
    const { session, session_key } = arrival;
    if (session_key === null || session.id === null) return null;
    const who = session.agent === null ? `session ${session.id}` : `agent ${session.agent} of session ${session.id}`;
    const named = `${session.where} names ${who}`;
    const calls = lineage.bySessionKey(session_key);
    const inWindow = windowOf(arrival, lineage);
    const latest = inWindow?.calls[0] ?? calls[0];
    const mark = inWindow === null ? {} : { mark: inWindow.mark };
    if (latest === undefined) return { ...firstOfSession(arrival, lineage, named), ...mark };
    if (inWindow?.calls.length === 0) return { ...nextSegment(arrival, lineage, calls, named), ...mark };
    if (session.compacted && !goesOn(arrival, lineage, latest.trace_id) && !isSideCall(arrival, null))
      return nextSegment(arrival, lineage, calls, named);
    const relation =
      namedByRecord(arrival, lineage, latest.trace_id) ??
      relationWithin(arrival, lineage, (node) => node.trace_id === latest.trace_id) ??
      continuationOfRecord(arrival, calls, latest.trace_id);
    const how = relation?.edge.evidence === undefined ? '' : `; ${relation.edge.evidence}`;
    return {
      trace: { trace_id: latest.trace_id },
      parent: relation?.parent ?? null,
      knownLinks: relation?.knownLinks ?? 0,
      edge: edge('session_named', named + how),
      ...(relation?.repeats === undefined ? {} : { repeats: relation.repeats }),
      ...mark,
    };
  },
};

/** Messages of so many calls are kept through a compaction. */
const mostKeptCalls = 4;

/** The calls of the context window that the client names; null for the first one, and where it names none. */
function windowOf(
  { session, session_key }: Arrival,
  lineage: LineageReader,
): { mark: string; calls: CallNode[] } | null {
  if (!session.window || session_key === null) return null;
  const mark = windowMark(sessionLookup(session_key), session.window);
  return { mark, calls: lineage.byResponseChain(mark) };
}

/** Whether the request has the history of a call of this trace, from its beginning on. */
function goesOn(arrival: Arrival, lineage: LineageReader, traceId: string): boolean {
  const relation = relationWithin(arrival, lineage, (node) => node.trace_id === traceId);
  if (relation === null || relation.compacted) return false;
  return relation.parent === null || sameOpening(relation.parent, arrival.fingerprint);
}

/** What the client says to go on after a compaction: a trace of its own behind the latest one of the session. */
function nextSegment(arrival: Arrival, lineage: LineageReader, calls: CallNode[], named: string): Placement {
  const [latest] = calls as [CallNode];
  const before = (node: CallNode) => node.trace_id === latest.trace_id && node.started_at <= arrival.started_at;
  const summarised = bySummary(arrival, lineage, before);
  return {
    trace: { ...newTrace, predecessor_trace_id: latest.trace_id },
    parent: summarised?.parent ?? null,
    knownLinks: 0,
    edge: edge('session_named', `${named}, and that its context was compacted`),
    compacted: true,
    keptCalls: calls.filter((node) => node.trace_id === latest.trace_id).slice(0, mostKeptCalls),
  };
}

/** Within a session every relation counts: what contradicts the session has been sorted out by its key. */
function relationWithin(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean,
): Relation | null {
  if (!arrival.conversing) return null;
  const before = (node: CallNode) =>
    accept(node) && node.call_id !== arrival.call_id && node.started_at <= arrival.started_at;
  return (
    byResponseId(arrival, lineage, before) ??
    byToolResults(arrival, lineage, before) ??
    byHistory(arrival, lineage, before) ??
    byTail(arrival, lineage, before)
  );
}

/**
 * A record that tells only what was new goes on from the call before it in its session: files tell a conversation call by
 * call. A request that names an earlier response by id is no such record, even where that response is not known.
 */
function continuationOfRecord(arrival: Arrival, calls: CallNode[], traceId: string): Relation | null {
  const { history_complete, previous_response_id, conversation_id } = arrival.call.request;
  if (arrival.decoded.record === undefined || history_complete) return null;
  if (previous_response_id !== undefined || conversation_id !== undefined) return null;
  const parent = calls
    .filter((node) => node.trace_id === traceId && node.call_id !== arrival.call_id)
    .filter((node) => node.started_at <= arrival.started_at)
    .reduce<CallNode | null>((a, b) => (a === null || b.started_at > a.started_at ? b : a), null);
  return parent === null ? null : continuation(parent);
}

/** The call that the record says it goes on from. */
function namedByRecord(arrival: Arrival, lineage: LineageReader, traceId: string): Relation | null {
  const follows = arrival.decoded.record?.call?.follows;
  if (follows === undefined) return null;
  const named = lineage.byResponseChain(nameMark(arrival, follows)).find((node) => node.trace_id === traceId);
  return named === undefined ? null : continuation(named);
}

function continuation(parent: CallNode): Relation {
  const evidence = 'its record tells what was new after the call before it';
  return { parent, trace_id: parent.trace_id, knownLinks: 0, edge: edge('session_named', evidence) };
}

function firstOfSession(arrival: Arrival, lineage: LineageReader, named: string): Placement {
  const { session } = arrival;
  if (session.agent !== null || session.parent_id !== null) {
    const parentKey = sessionOf(sessionKey({ ...session, id: session.parent_id ?? session.id, agent: null }));
    const parentTrace = parentKey === null ? undefined : lineage.bySessionKey(parentKey)[0]?.trace_id;
    // The headers name the session, not which of its agents gave the order: a nested one hangs on the agent that did.
    const spawn = spawnOf(arrival, lineage, (node) => {
      const key = sessionOf(node.session_key);
      return key === parentKey || (key?.startsWith(`${parentKey}/agent:`) ?? false);
    });
    return {
      trace: {
        ...newTrace,
        parent_trace_id: spawn?.trace_id ?? parentTrace ?? null,
        parent_step_id: spawn?.step_id ?? null,
      },
      parent: null,
      knownLinks: 0,
      edge: edge('session_named', named),
      ...(spawn === null ? {} : { mark: spawn.mark }),
    };
  }
  const adopted = relationWithin(
    arrival,
    lineage,
    (node) => compatible(arrival, node) && sessionOf(node.session_key) === null,
  );
  if (adopted !== null && adopted.parent !== null && !adopted.compacted) {
    return {
      trace: { trace_id: adopted.trace_id },
      parent: adopted.parent,
      knownLinks: adopted.knownLinks,
      edge: edge('session_adopted', `${named}; ${adopted.edge.evidence}`),
    };
  }
  const spawn = spawnOf(arrival, lineage);
  return {
    trace: {
      ...newTrace,
      parent_trace_id: spawn?.trace_id ?? null,
      parent_step_id: spawn?.step_id ?? null,
      predecessor_trace_id: spawn === null ? resumedTrace(arrival, lineage) : null,
    },
    parent: null,
    knownLinks: 0,
    edge: edge('session_named', named),
    ...(spawn === null ? {} : { mark: spawn.mark }),
  };
}

/** A session that begins with the whole history of another one was resumed from it. */
function resumedTrace(arrival: Arrival, lineage: LineageReader): string | null {
  if (!arrival.chain.links.some((link) => link.side === 'output')) return null;
  const own = sessionOf(arrival.session_key);
  const relation = relationWithin(arrival, lineage, (node) => sessionOf(node.session_key) !== own);
  return relation?.parent?.trace_id ?? null;
}
