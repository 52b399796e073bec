import { createHash } from 'node:crypto';
import { uuidv7 } from '../../../shared/ids.js';
import type {
  Consent,
  Finalize,
  IntakeRecord,
  IntakeTrace,
  Json,
  Micros,
  SentEvent,
  StoredTrace,
  TelemetryTrace,
} from '../../../shared/model/index.js';
import { toIso } from '../../../shared/model/index.js';
import { lengthPrefixedId } from '../../ground/derived-ids.js';
import { intakeEvents, microsOf } from './events.js';

const source = 'rest';

/** How a PR telemetry trace comes to its id and its key. */
export interface TelemetryOrder {
  /** Names the request among its repetitions: the same again gives the same trace. */
  retry?: string | undefined;
  /** Of the body: a trace that has a name of its own may be sent again as it has grown. */
  digest: string;
  /** The stored trace that has this name. */
  stored?: StoredTrace | undefined;
  /** Out of a file: no part of the trace that was sent under this name, whose events may have come one by one. */
  imported?: true;
  /** What the trace brings, as it may be stored. */
  consent?: Consent | undefined;
}

/** A PR telemetry trace as one record, in the trace of its own name where it has one. */
export function telemetryRecord(trace: TelemetryTrace, order: TelemetryOrder): IntakeRecord {
  const { schema_version, trace_id: name, developer_id, bug_id, repo, start_time, end_time, events, ...more } = trace;
  const { title, consent: _, qa_results, ...extra } = more;
  const started_at = microsOf(start_time);
  const mapped = (name === undefined ? events : named(events)).flatMap(intakeEvents);
  let ended_at = end_time == null ? started_at : microsOf(end_time);
  for (const { at } of mapped) if (at > ended_at) ended_at = at;
  const place = placeOf(name, started_at, order);
  return {
    version: 1,
    key: `trace:${name === undefined ? place.trace_id : JSON.stringify([name, order.digest])}`,
    source,
    trace: {
      ...place,
      kind: order.stored?.kind ?? 'pr_telemetry',
      title: typeof title === 'string' ? title : `${bug_id ?? repo.branch} in ${repo.name}`,
      completion_status: end_time == null ? 'running' : 'completed',
      ...(order.consent === undefined ? {} : { consent: order.consent }),
      ...(qa_results == null ? {} : { qa_results }),
      metadata: {
        ...(extra as { [name: string]: Json }),
        ...(schema_version === undefined ? {} : { schema_version }),
        ...(name === undefined ? {} : { trace_id: name }),
        developer_id,
        ...(bug_id == null ? {} : { bug_id }),
        repo: repo as unknown as Json,
        ...(repo.test_command == null ? {} : { test_command: repo.test_command }),
        start_time: toIso(started_at),
        ...(end_time == null ? {} : { end_time: toIso(microsOf(end_time)) }),
      },
    },
    started_at,
    ended_at,
    events: mapped,
  };
}

/** Where a trace belongs: under the name that its program has for it, which is its id where it has the form of one. */
export function placeOf(
  name: string | undefined,
  started_at: Micros,
  { stored, retry, imported }: Omit<TelemetryOrder, 'digest'>,
): Pick<IntakeTrace, 'key' | 'trace_id'> {
  if (stored !== undefined) return keyOf(stored.trace_id);
  if (name !== undefined && imported) return { key: `pr-telemetry:${name}` };
  if (name !== undefined) return { key: `ingest:${name}`, ...ownId(name) };
  return keyOf(retry === undefined ? uuidv7() : lengthPrefixedId(started_at, source, retry));
}

/** A program that makes UUIDs of its own finds its trace under them. */
export function ownId(traceId: string): { trace_id?: string } {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(traceId)
    ? { trace_id: traceId }
    : {};
}

/** Events with ids that say what they are: sent again with more behind them, only these are new. */
function named(events: SentEvent[]): SentEvent[] {
  const seen = new Map<string, number>();
  return events.map((event) => {
    if (event.event_id !== undefined) return event;
    const digest = createHash('sha256').update(JSON.stringify(event)).digest('base64url');
    const times = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, times);
    return { ...event, event_id: `sent:${digest}:${times}` };
  });
}

/** More events of a stored trace. */
export function eventsRecord(stored: StoredTrace, events: SentEvent[], retry?: string): IntakeRecord {
  const mapped = events.flatMap(intakeEvents);
  let [started_at, ended_at] = [Number.POSITIVE_INFINITY, 0];
  for (const { at } of mapped) {
    if (at < started_at) started_at = at;
    if (at > ended_at) ended_at = at;
  }
  return {
    version: 1,
    key: `events:${stored.trace_id}:${retry ?? uuidv7()}`,
    source,
    trace: { ...keyOf(stored.trace_id), kind: stored.kind },
    started_at,
    ended_at,
    events: mapped,
  };
}

/** Says that a trace is whole. `now`: microseconds. */
export function finalizeRecord(stored: StoredTrace, finalize: Finalize, now: number): IntakeRecord {
  const at = finalize.end_time === undefined ? now : microsOf(finalize.end_time);
  return {
    version: 1,
    key: `finalize:${stored.trace_id}`,
    source,
    trace: {
      ...keyOf(stored.trace_id),
      kind: stored.kind,
      completion_status: finalize.completion_status,
      metadata: { finalized_at: toIso(now), ...(finalize.end_time === undefined ? {} : { end_time: toIso(at) }) },
    },
    started_at: at,
    ended_at: at,
  };
}

function keyOf(traceId: string): Pick<IntakeTrace, 'key' | 'trace_id'> & { trace_id: string } {
  return { key: `rest:${traceId}`, trace_id: traceId };
}
