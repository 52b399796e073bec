import type { IntakeRecord, Json, LineageReader, NewTrace, TracePatch } from '../../../shared/model/index.js';
import { consentBehindGate, toIso } from '../../../shared/model/index.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { traceToolKey } from '../effects/keys.js';
import { cutTitle } from '../title.js';

/** Where a record belongs. */
export interface RecordHome {
  /** The trace that is there already. */
  stored: { trace_id: string; captured: boolean } | null;
  /** Id of the trace, should it be opened. */
  fresh_id: string;
  parent_trace_id: string | null;
  parent_step_id: string | null;
  predecessor_trace_id: string | null;
}

/** The trace of a record: by the id that was given out, by its key, else the captured session of the same key. */
export function homeOf(record: IntakeRecord, lineage: LineageReader): RecordHome {
  const { trace } = record;
  const parent_trace_id = trace.parent_key === undefined ? null : traceByKey(trace.parent_key, lineage);
  return {
    stored: storedTrace(record, lineage),
    fresh_id: trace.trace_id ?? nulJoinedId(record.started_at, trace.key, 'trace'),
    parent_trace_id,
    parent_step_id:
      parent_trace_id === null || trace.parent_tool_call_id === undefined
        ? null
        : toolStep(parent_trace_id, trace.parent_tool_call_id, lineage),
    predecessor_trace_id: trace.predecessor_key === undefined ? null : traceByKey(trace.predecessor_key, lineage),
  };
}

function storedTrace({ trace }: IntakeRecord, lineage: LineageReader): RecordHome['stored'] {
  if (trace.trace_id !== undefined) {
    const byId = lineage.traceById(trace.trace_id);
    return byId && { trace_id: byId.trace_id, captured: false };
  }
  const byKey = lineage.byTraceKey(trace.key);
  if (byKey !== null) return { trace_id: byKey.trace_id, captured: false };
  const session = capturedSession(trace.key, lineage);
  return session === null ? null : { trace_id: session, captured: true };
}

/** The trace that a key leads to, or the captured session that it names. */
export function traceByKey(key: string, lineage: LineageReader): string | null {
  return lineage.byTraceKey(key)?.trace_id ?? capturedSession(key, lineage);
}

function capturedSession(key: string, lineage: LineageReader): string | null {
  return key.startsWith('session:') ? (lineage.bySessionKey(key)[0]?.trace_id ?? null) : null;
}

/** The step of a tool call of a stored trace. */
export function toolStep(traceId: string, toolCallId: string, lineage: LineageReader): string | null {
  const asked = lineage.byToolCallId(toolCallId).find((node) => node.trace_id === traceId);
  if (asked !== undefined) return asked.tool_step_id;
  return lineage.toolCallsByKey(traceToolKey(traceId, toolCallId))[0]?.step_id ?? null;
}

/** The trace that a record opens. */
export function openedBy(record: IntakeRecord, home: RecordHome): Omit<NewTrace, 'title' | 'trace_id' | 'started_at'> {
  const { trace, source, client } = record;
  const session = /^(?:sent )?session:(.+?)(?:\/agent:|$)/s.exec(trace.key)?.[1];
  return {
    kind: trace.kind,
    key: trace.key,
    parent_trace_id: home.parent_trace_id,
    parent_step_id: home.parent_step_id,
    predecessor_trace_id: home.predecessor_trace_id,
    ...(record.undated ? { undated: true as const } : {}),
    source: record.restores?.source ?? {
      kind: source,
      ...(client === undefined ? {} : { client }),
      ...(session === undefined ? {} : { session }),
    },
  };
}

/** What the trace is called where its source does not say: the first words of a user, else what it is about. */
export function titleOfRecord(record: IntakeRecord): string {
  const { trace } = record;
  if (trace.title !== undefined && trace.title.trim() !== '') return cutTitle(trace.title);
  const words = record.events?.find((event) => event.type === 'message' && event.role === 'user');
  if (words?.type === 'message' && words.content.trim() !== '') return cutTitle(words.content);
  const named = ['scenario', 'bug_id', 'task', 'name'].map((name) => trace.metadata?.[name]).find(isText);
  return cutTitle(named ?? `${record.source} ${trace.key}`);
}

const isText = (value: Json | undefined): value is string => typeof value === 'string' && value.trim() !== '';

/** First moment that a record tells of. */
export function startOf(record: IntakeRecord): number {
  return (record.events ?? []).reduce((first, { at }) => Math.min(first, at), record.started_at);
}

/**
 * Changes that a record makes to its trace.
 * @param ended_at the last moment that the record tells of
 * @param standing the last moment of the trace as it is stored; null where it is not
 */
export function patchOf(record: IntakeRecord, home: RecordHome, ended_at: number, standing: number | null): TracePatch {
  const { title, metadata, completion_status, qa_results } = record.trace;
  const consent = consentBehindGate(record.trace.consent, toIso(record.ended_at));
  const { stored } = home;
  const latest = standing === null || ended_at >= standing;
  return {
    started_at: startOf(record),
    ended_at,
    ...(record.undated ? { undated: true as const } : {}),
    // What came earlier in time does not take back how the trace ended.
    ...(completion_status === undefined || (completion_status === 'running' && !latest) ? {} : { completion_status }),
    ...(title === undefined || title.trim() === '' || stored === null || stored.captured
      ? {}
      : { title: cutTitle(title) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(qa_results === undefined ? {} : { qa_results }),
    ...(consent === null ? {} : { consent }),
    ...(home.parent_trace_id === null ? {} : { parent_trace_id: home.parent_trace_id }),
    ...(home.parent_step_id === null ? {} : { parent_step_id: home.parent_step_id }),
    ...(home.predecessor_trace_id === null ? {} : { predecessor_trace_id: home.predecessor_trace_id }),
  };
}
