import { uuidv7 } from '../../../shared/ids.js';
import type {
  Consent,
  Finalize,
  IntakeRecord,
  IntakeTrace,
  Json,
  KnownTrace,
  SentEvent,
  TelemetryTrace,
} from '../../../shared/model/index.js';
import { toIso } from '../../../shared/model/index.js';
import { lengthPrefixedId } from '../../ground/derived-ids.js';
import { intakeEvents, microsOf } from './events.js';

const source = 'rest';

/**
 * A PR telemetry trace as one record. `retry`: what names the request among its repetitions; the same again gives the
 * same trace. `consent`: what the trace brings, as it may be stored.
 */
export function telemetryRecord(
  trace: TelemetryTrace,
  retry?: string,
  consent?: Consent,
): IntakeRecord & { trace: { trace_id: string } } {
  const {
    schema_version,
    developer_id,
    bug_id,
    repo,
    start_time,
    end_time,
    events,
    title,
    consent: _,
    ...extra
  } = trace;
  const started_at = microsOf(start_time);
  const traceId = retry === undefined ? uuidv7() : lengthPrefixedId(started_at, source, retry);
  const mapped = events.flatMap(intakeEvents);
  let ended_at = end_time == null ? started_at : microsOf(end_time);
  for (const { at } of mapped) if (at > ended_at) ended_at = at;
  return {
    version: 1,
    key: `trace:${traceId}`,
    source,
    trace: {
      ...keyOf(traceId),
      kind: 'pr_telemetry',
      title: typeof title === 'string' ? title : `${bug_id} in ${repo.name}`,
      completion_status: end_time == null ? 'running' : 'completed',
      ...(consent === undefined ? {} : { consent }),
      metadata: {
        ...(extra as { [name: string]: Json }),
        schema_version,
        developer_id,
        bug_id,
        repo: repo as unknown as Json,
        ...(repo.test_command == null ? {} : { test_command: repo.test_command }),
      },
    },
    started_at,
    ended_at,
    events: mapped,
  };
}

/** More events of a stored trace. */
export function eventsRecord(known: KnownTrace, events: SentEvent[], retry?: string): IntakeRecord {
  const mapped = events.flatMap(intakeEvents);
  let [started_at, ended_at] = [Number.POSITIVE_INFINITY, 0];
  for (const { at } of mapped) {
    if (at < started_at) started_at = at;
    if (at > ended_at) ended_at = at;
  }
  return {
    version: 1,
    key: `events:${known.trace_id}:${retry ?? uuidv7()}`,
    source,
    trace: { ...keyOf(known.trace_id), kind: known.kind },
    started_at,
    ended_at,
    events: mapped,
  };
}

/** Says that a trace is whole. `now`: microseconds. */
export function finalizeRecord(known: KnownTrace, finalize: Finalize, now: number): IntakeRecord {
  const at = finalize.end_time === undefined ? now : microsOf(finalize.end_time);
  return {
    version: 1,
    key: `finalize:${known.trace_id}`,
    source,
    trace: {
      ...keyOf(known.trace_id),
      kind: known.kind,
      completion_status: finalize.completion_status,
      metadata: { finalized_at: toIso(now) },
    },
    started_at: at,
    ended_at: at,
  };
}

function keyOf(traceId: string): Pick<IntakeTrace, 'key' | 'trace_id'> & { trace_id: string } {
  return { key: `rest:${traceId}`, trace_id: traceId };
}
