import { uuidv7 } from '../../../shared/ids.js';
import {
  type IngestEvent,
  type IntakeEvent,
  type IntakeRecord,
  type Json,
  type StoredTrace,
  sentEventSchema,
  toIso,
} from '../../../shared/model/index.js';
import type { ReadMessages } from '../read-messages.js';
import { intakeEvents, microsOf } from './events.js';
import { modelCall } from './model-call.js';
import { ownId } from './telemetry.js';

/** What programs call the same things. */
const sameType: { [type: string]: { type: string; fields?: { [name: string]: Json } } } = {
  user_message: { type: 'message', fields: { role: 'user' } },
  assistant_message: { type: 'message', fields: { role: 'assistant' } },
  system_message: { type: 'message', fields: { role: 'system' } },
  thought: { type: 'reasoning' },
  thinking: { type: 'reasoning' },
  tool_use: { type: 'tool_call' },
  function_call: { type: 'tool_call' },
  tool_response: { type: 'tool_result' },
  observation: { type: 'tool_result' },
  feedback: { type: 'user_feedback' },
  exception: { type: 'error' },
};
/** Ten years: a longer call is a wrong number. */
const longestMs = 315_576_000_000;

const callTypes = new Set([
  'llm_call',
  'model_call',
  'llm_request',
  'chat_completion',
  'text_completion',
  'completion',
]);

/**
 * One event of POST /ingest as a record. A known type whose payload does not fit, and an unknown type, are kept as a
 * change of state with the payload as its data: what was sent is never lost. `now`: microseconds.
 */
export function ingestRecord(
  sent: IngestEvent,
  stored: StoredTrace | null,
  readMessages: ReadMessages,
  now: number,
): IntakeRecord {
  const { payload } = sent;
  const event_id = sent.event_id ?? (typeof payload.event_id === 'string' ? payload.event_id : undefined);
  const timestamp = sent.timestamp ?? toIso(now);
  const record: IntakeRecord = {
    version: 1,
    // As JSON: no two pairs of names read alike.
    key: JSON.stringify([sent.trace_id, event_id ?? uuidv7()]),
    source: 'ingest',
    trace:
      stored === null
        ? { key: `ingest:${sent.trace_id}`, ...ownId(sent.trace_id), kind: 'ingest', completion_status: 'running' }
        : { key: `rest:${stored.trace_id}`, trace_id: stored.trace_id, kind: stored.kind },
    started_at: microsOf(timestamp),
    ended_at: microsOf(timestamp),
  };
  if (callTypes.has(sent.event_type)) {
    const read = modelCall(payload, readMessages);
    if (read !== null) {
      const sentMs = typeof payload.duration_ms === 'number' ? payload.duration_ms : 0;
      const duration = sentMs > 0 && sentMs <= longestMs ? sentMs : 0;
      return { ...record, ended_at: record.started_at + Math.round(duration * 1000), call: read };
    }
  }
  record.events = eventsOf(sent, timestamp, event_id);
  for (const { at } of record.events) if (at > record.ended_at) record.ended_at = at;
  return record;
}

function eventsOf({ event_type, payload }: IngestEvent, timestamp: string | number, event_id?: string): IntakeEvent[] {
  const same = Object.hasOwn(sameType, event_type) ? sameType[event_type] : undefined;
  const head = { timestamp, ...(event_id === undefined ? {} : { event_id }) };
  const parsed = sentEventSchema.safeParse({
    ...same?.fields,
    ...payload,
    ...head,
    type: same?.type ?? event_type,
  });
  if (parsed.success) return intakeEvents(parsed.data);
  return [
    {
      at: microsOf(timestamp),
      ...(event_id === undefined ? {} : { event_id }),
      type: 'state_change',
      description: event_type,
      data: payload,
    },
  ];
}
