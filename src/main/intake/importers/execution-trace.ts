import type { IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { clockOf, millisOfSpan } from '../../../shared/model/index.js';
import { recordOf } from './build.js';
import { type ActionIds, executionEvents } from './execution-steps.js';
import { isObject, type JsonObject, objectsOf, present, textOf, timeOf } from './fields.js';
import type { Importer, ImportItem } from './importer.js';
import { records, recordsOfKind } from './reading/values.js';

const id = 'execution-trace';

/** Execution traces: a scenario with its steps, each with inputs, reasoning, actions, outputs and state changes. */
export const executionTrace = {
  id,
  title: 'Execution traces',
  description: 'Execution traces ({trace_id, scenario, execution_mode, steps}), one a document or a line.',
  detect({ values }) {
    return values.some(isExecution) ? 1 : 0;
  },
  read(input, context) {
    let place = 0;
    return recordsOfKind(records(input), isExecution, 'not an execution trace', (entry) =>
      // Exports begin with the newest.
      executionItems(entry.value, entry.where, context.at - 1000 * place++),
    );
  },
} satisfies Importer;

export function isExecution(value: JsonObject): boolean {
  return (
    textOf(value['trace_id']) !== undefined &&
    'scenario' in value &&
    Array.isArray(value['steps']) &&
    !('calls' in value)
  );
}

/**
 * The records of an execution, or why there are none.
 * @param orderedFrom keeps the order of one that tells no times
 */
export function* executionItems(value: JsonObject, where: string, orderedFrom: Micros): Generator<ImportItem> {
  const { trace_id, scenario, execution_mode, steps: recordedSteps, consent, extra, ...fields } = value;
  const traceId = trace_id as string;
  const head: JsonObject = { ...(isObject(extra) ? extra : present({ extra })), ...fields };
  const begun = value['start_time'] ?? undefined;
  // Without a time of its own it begins with its first step that has one.
  const told = begun === undefined ? firstTime(objectsOf(recordedSteps)) : timeOf(begun);
  if (begun !== undefined && told === undefined) {
    yield { skipped: { where, reason: 'start_time is no time' } };
    return;
  }
  const start = told ?? orderedFrom;
  const undated = told === undefined ? { undated: true as const } : {};
  const span = spanOf(value['total_duration']);
  const end = timeOf(value['end_time']) ?? (span === undefined ? undefined : start + Math.round(span * 1000));
  const parent = textOf(value['parent_trace_id']);
  const status = statusOf(textOf(value['completion_status']));
  const trace: IntakeTrace = {
    key: `${id}:${traceId}`,
    kind: 'execution',
    ...present({ title: textOf(scenario)?.slice(0, 120) }),
    ...(status === undefined ? {} : { completion_status: status }),
    ...(parent === undefined ? {} : { parent_key: `${id}:${parent}` }),
    metadata: { ...present({ scenario, execution_mode, trace_id: traceId }), execution: head },
  };
  yield {
    record: recordOf(id, `trace:${traceId}`, trace, {
      started_at: start,
      ...(end === undefined ? {} : { ended_at: end }),
    }),
    ...(isObject(consent) ? { consent } : {}),
    ...undated,
  };
  let at = start;
  const ids: ActionIds = new Map();
  const steps = objectsOf(recordedSteps).map(inCurrentFields);
  for (const [place, step] of steps.entries()) {
    // Of a trace that has times itself, what says that it has none.
    const without = step['start_time'] === null ? { undated: true as const } : undated;
    at = timeOf(step['start_time']) ?? timeOf(step['timestamp']) ?? at + 10;
    const events = executionEvents(step, { place, at, next: steps[place + 1], ids });
    yield { record: recordOf(id, `step:${traceId}:${place}`, trace, { started_at: at }, { events }), ...without };
  }
}

function firstTime(steps: readonly JsonObject[]): Micros | undefined {
  const times = steps.flatMap((step) => timeOf(step['start_time']) ?? timeOf(step['timestamp']) ?? []);
  return times.length === 0 ? undefined : times.reduce((first, time) => Math.min(first, time));
}

/** A step in the field names of today: rows of version 1 had others. */
function inCurrentFields(step: JsonObject): JsonObject {
  if ('start_time' in step || !('timestamp' in step) || !('step_type' in step)) return step;
  const renamed: JsonObject = {};
  for (const [name, value] of Object.entries(step)) {
    if (name === 'duration_ms') renamed['duration'] = typeof value === 'number' ? clockOf(value) : null;
    renamed[name === 'timestamp' ? 'start_time' : name] = value;
  }
  return renamed;
}

/** Milliseconds of a span that is told as text or in seconds. */
export function spanOf(value: Json | undefined): number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? millisOfSpan(value) : undefined;
}

const statuses = {
  completed: /^(?:complete|completed|success|successful|succeeded|passed|finished|done|ok)$/,
  running: /^(?:running|in_progress|pending|started|active)$/,
  interrupted: /^(?:interrupted|cancelled|canceled|aborted|stopped|timeout|timed_out|partial|incomplete)$/,
  failed: /^(?:fail|failed|failure|error|errored|unsuccessful|crashed)$/,
} as const;

/** How a source says that a trace ended; undefined where its word is none that is known: it is kept as it is. */
function statusOf(text: string | undefined): keyof typeof statuses | undefined {
  const word = text
    ?.trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  if (word === undefined) return undefined;
  return (Object.keys(statuses) as (keyof typeof statuses)[]).find((status) => statuses[status].test(word));
}
