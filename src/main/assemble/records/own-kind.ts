import type { CallNode, IntakeRecord, LineageReader, ToolCallNode, TraceKind } from '../../../shared/model/index.js';
import { isSentKey, sentKey } from '../../../shared/sent-keys.js';

const sentKinds: ReadonlySet<TraceKind> = new Set(['pr_telemetry', 'ingest', 'execution']);

/**
 * Whether a record came from someone who may not add to what was captured. A journal of an earlier version does not say
 * who sent a record; files and sessions that the engine itself reads need no principal.
 */
export function isSent(record: IntakeRecord | undefined): boolean {
  if (record === undefined) return false;
  return record.principal === undefined ? !/^(import|watch):/.test(record.source) : !record.principal.admin;
}

/**
 * A record as its sender may have it stored: without admin its keys lead to traces that were sent and to no captured one,
 * whichever session, trace or parent it names.
 */
export function withinRights(record: IntakeRecord, lineage: LineageReader): IntakeRecord {
  if (!isSent(record)) return record;
  const { trace } = record;
  const { trace_id, parent_key, predecessor_key, aliases: _a, spawns: _s, continued_by: _c, ...rest } = trace;
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
    const stored = lineage.traceById(id);
    if (stored === null) return true;
    // Executions come out of files too: only those that were begun without admin.
    if (!sentKinds.has(stored.kind) || (stored.kind === 'execution' && !lineage.hasEvent(id, sentMark))) return false;
    return !lineage.hasEvent(id, capturedMark);
  });
}

/** Event of a trace of POST /traces or /ingest that a captured call has joined: it takes no more without admin. */
export const capturedMark = 'holds captured calls';
/** Event of a trace that has taken something without admin: no captured call joins it. */
export const sentMark = 'holds what was sent';

/** Whether a captured call that is put into this trace must leave its mark there. */
export function needsCapturedMark(traceId: string, lineage: LineageReader): boolean {
  const trace = lineage.traceById(traceId);
  return trace !== null && sentKinds.has(trace.kind) && !lineage.hasEvent(traceId, capturedMark);
}

/**
 * Lineage of one side alone: what was sent without admin finds no captured call and no tool call of one, and what was
 * captured goes on from nothing that was only sent. Holds for every threading rule, since none has another way to look.
 * The sides have keys of their own, so that no number of calls on one hides those on the other.
 * @param own the trace that a record belongs to already
 */
export function ofOwnKind(lineage: LineageReader, sent: boolean, own: string | null = null): LineageReader {
  const fits = (node: CallNode) =>
    isSentKey(node.session_key) === sent &&
    (sent || node.trace_id === own || !sentKinds.has(node.trace_kind) || !lineage.hasEvent(node.trace_id, sentMark));
  const keyOf = sent ? sentKey : (key: string) => key;
  const toolFits = (node: ToolCallNode) => {
    if (node.trace_id === own) return true;
    const call = node.call_id === null ? null : lineage.call(node.call_id);
    return call === null || fits(call);
  };
  return {
    byResponseId: (id) => lineage.byResponseId(keyOf(id)).filter(fits),
    byConversationId: (id) => lineage.byConversationId(keyOf(id)).filter(fits),
    byToolCallId: (id, callId) => lineage.byToolCallId(keyOf(id), callId).filter(fits),
    byResponseChain: (chain) => lineage.byResponseChain(keyOf(chain)).filter(fits),
    byRequestChain: (chain) => lineage.byRequestChain(keyOf(chain)).filter(fits),
    bySessionKey: (key) => lineage.bySessionKey(key).filter(fits),
    byFingerprint: (fingerprint) => lineage.byFingerprint(keyOf(fingerprint)).filter(fits),
    call(callId) {
      const node = lineage.call(callId);
      return node !== null && fits(node) ? node : null;
    },
    byTraceKey: (key) => lineage.byTraceKey(key),
    traceById: (traceId) => lineage.traceById(traceId),
    hasEvent: (traceId, eventId) => lineage.hasEvent(traceId, eventId),
    callContent: (callId) => lineage.callContent(callId),
    modelOf: (callId) => lineage.modelOf(callId),
    toolCallsByKey: (key) => {
      const found = lineage.toolCallsByKey(keyOf(key)).filter(toolFits);
      if (own === null) return found;
      // Both sides may have told of the tool calls of a trace that was sent.
      const ofOtherKind = lineage.toolCallsByKey(sent ? key : sentKey(key)).filter(({ trace_id }) => trace_id === own);
      return [...found, ...ofOtherKind];
    },
    // What was seen on the wire belongs to captured tool calls.
    openEffects: (key) => (sent ? [] : lineage.openEffects(key)),
    effectByHalf: (key) => lineage.effectByHalf(key),
    effectOf: (traceId, toolCallId) => lineage.effectOf(traceId, toolCallId),
    note: (key) => lineage.note(key),
  };
}
