import type { CallNode, IntakeRecord, LineageReader, TraceKind } from '../../../shared/model/index.js';

/** Before every key of what was sent without admin: no client can name a session so, since captured keys begin otherwise. */
const sentPrefix = 'sent ';
const sentKinds: ReadonlySet<TraceKind> = new Set(['pr_telemetry', 'ingest']);

/** Whether a record came from someone who may not add to what was captured. */
export function isSent(record: IntakeRecord | undefined): boolean {
  return record?.principal?.admin === false;
}

/** The session's key of what was sent: never that of a captured session. */
export function sentKey(key: string): string {
  return sentPrefix + key;
}

export function isSentCall({ session_key }: Pick<CallNode, 'session_key'>): boolean {
  return session_key?.startsWith(sentPrefix) ?? false;
}

/**
 * A record as its sender may have it stored: without admin its keys lead to traces that were sent and to no captured one,
 * whichever session, trace or parent it names.
 */
export function withinRights(record: IntakeRecord, lineage: LineageReader): IntakeRecord {
  if (!isSent(record)) return record;
  const { trace } = record;
  const { trace_id, parent_key, predecessor_key, ...rest } = trace;
  return {
    ...record,
    trace: {
      ...rest,
      ...(isOpenTo(trace, lineage)
        ? { key: trace.key, ...(trace_id === undefined ? {} : { trace_id }) }
        : { key: sentKey(trace.key) }),
      ...(parent_key === undefined ? {} : { parent_key: sentKey(parent_key) }),
      ...(predecessor_key === undefined ? {} : { predecessor_key: sentKey(predecessor_key) }),
    },
  };
}

/** A name that only POST /traces and /ingest give, of no trace yet or of one that was sent. */
function isOpenTo({ key, trace_id }: IntakeRecord['trace'], lineage: LineageReader): boolean {
  if (!/^(rest|ingest):/.test(key)) return false;
  const named = [trace_id, lineage.byTraceKey(key)?.trace_id].flatMap((id) => (id === undefined ? [] : [id]));
  return named.every((id) => {
    const known = lineage.traceById(id);
    return known === null || sentKinds.has(known.kind);
  });
}

/**
 * Lineage of one side alone: what was sent without admin finds no captured call and no tool call of one, and what was
 * captured goes on from nothing that was only sent. Holds for every threading rule, since none has another way to look.
 * @param own the trace that a record belongs to already
 */
export function ofOwnKind(lineage: LineageReader, sent: boolean, own: string | null = null): LineageReader {
  const fits = (node: Pick<CallNode, 'session_key'>) => isSentCall(node) === sent;
  return {
    byResponseId: (id) => lineage.byResponseId(id).filter(fits),
    byConversationId: (id) => lineage.byConversationId(id).filter(fits),
    byToolCallId: (id, callId) => lineage.byToolCallId(id, callId).filter(fits),
    byResponseChain: (chain) => lineage.byResponseChain(chain).filter(fits),
    byRequestChain: (chain) => lineage.byRequestChain(chain).filter(fits),
    bySessionKey: (key) => lineage.bySessionKey(key).filter(fits),
    byFingerprint: (fingerprint) => lineage.byFingerprint(fingerprint).filter(fits),
    call(callId) {
      const node = lineage.call(callId);
      return node !== null && fits(node) ? node : null;
    },
    byTraceKey: (key) => lineage.byTraceKey(key),
    traceById: (traceId) => lineage.traceById(traceId),
    hasEvent: (traceId, eventId) => lineage.hasEvent(traceId, eventId),
    callContent: (callId) => lineage.callContent(callId),
    toolCallsByKey: (key) =>
      lineage.toolCallsByKey(key).filter((node) => {
        if (node.trace_id === own) return true;
        if (node.call_id === null) return !sent;
        const call = lineage.call(node.call_id);
        return call === null ? !sent : fits(call);
      }),
    // What was seen on the wire belongs to captured tool calls.
    openEffects: (key) => (sent ? [] : lineage.openEffects(key)),
    effectByHalf: (key) => lineage.effectByHalf(key),
    effectOf: (traceId, toolCallId) => lineage.effectOf(traceId, toolCallId),
    note: (key) => lineage.note(key),
  };
}
