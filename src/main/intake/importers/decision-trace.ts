import type { IntakeEvent, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { type SentDecision, sentDecision } from '../decision.js';
import { recordOf } from './build.js';
import { type JsonObject, objectOf, textOf, timeOf, titleOf } from './fields.js';
import type { Importer, ImportItem } from './importer.js';
import { records } from './reading/values.js';

const id = 'decision-trace';

/** Decisions: what could be chosen, what was, why, and what came of it. */
export const decisionTrace = {
  id,
  title: 'Decision traces',
  description: 'Decisions ({decision_id, context, available_options, decision, outcome}), one a document or a line.',
  detect({ values }) {
    return values.some(isDecision) ? 0.9 : 0;
  },
  async *read(input, context) {
    let place = 0;
    const traces = new Set<Json | undefined>();
    for await (const entry of records(input)) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      if (!isDecision(entry.value)) {
        yield { skipped: { where: entry.where, reason: 'not a decision' } };
        continue;
      }
      traces.add(entry.value['trace_id']);
      // Exports begin with the newest trace, and with the first decision of each.
      const at = context.at - 1_000_000 * (traces.size - 1);
      yield decisionItem(entry.value, { fileKey: context.fileKey, at, place });
      place += 1;
    }
  },
} satisfies Importer;

/** The record of a decision. `place`: how many stand before it; `at` keeps their order where it tells no time. */
export function decisionItem(value: JsonObject, of: { fileKey: string; at: Micros; place: number }): DecisionItem {
  const { trace_id, call_id: _call, origin: _origin, trace_revision: _revision, consent, ...stated } = value;
  const { timestamp, ...fields } = stated;
  const { fileKey, place } = of;
  const statedAt = timeOf(timestamp);
  const at = statedAt ?? of.at + place;
  const ofTrace = textOf(trace_id);
  const title = titleOf(textOf(fields['context']) ?? textOf(fields['decision']));
  const trace: IntakeTrace = {
    key: `${id}:${ofTrace ?? fileKey}`,
    kind: 'execution',
    ...(title === undefined || place > 0 ? {} : { title }),
    completion_status: 'completed',
    ...(ofTrace === undefined ? {} : { metadata: { trace_id: ofTrace } }),
  };
  const key = `${ofTrace ?? fileKey}:${textOf(fields['decision_id']) ?? place}`;
  const event: IntakeEvent = {
    type: 'decision',
    at,
    event_id: key,
    ...(isOwnRow(value) ? ownDecision(value) : sentDecision(fields)),
  };
  return {
    record: recordOf(id, key, trace, { started_at: at }, { events: [event] }),
    ...(statedAt === undefined ? { undated: true as const } : {}),
    ...(consent === undefined ? {} : { consent }),
  };
}

/** A row of the layout `decisions`. */
function isOwnRow(value: JsonObject): boolean {
  const { origin } = value;
  return (
    (origin === 'derived' || origin === 'explicit') &&
    'trace_revision' in value &&
    textOf(value['trace_id']) !== undefined
  );
}

/** The decision of a row of ours: what the row calls it and comes from is kept beside what was sent of it. */
function ownDecision(row: JsonObject): SentDecision {
  const {
    decision_id,
    trace_id,
    trace_revision,
    call_id,
    origin,
    model,
    as_sent,
    timestamp: _,
    consent: _consent,
    ...fields
  } = row;
  const imported_from = {
    decision_id,
    trace_id,
    trace_revision,
    call_id: call_id ?? null,
    origin,
    model: model ?? null,
  };
  return { ...sentDecision(fields), as_sent: { ...objectOf(as_sent), imported_from } } as SentDecision;
}

type DecisionItem = Extract<ImportItem, { record: unknown }>;

export function isDecision(value: JsonObject): boolean {
  return (
    textOf(value['decision']) !== undefined &&
    (Array.isArray(value['available_options']) || textOf(value['decision_id']) !== undefined)
  );
}
