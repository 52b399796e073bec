import type { IntakeEvent, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { answeredConversation, type Conversation, sentConversation } from '../messages/conversation.js';
import { unreadEvents, unreadItems } from '../messages/unread.js';
import { errorOf, recordOf, requestOf, responseOf } from './build.js';
import {
  askedBy,
  type JsonObject,
  listOf,
  member,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  titleOf,
  unwrapped,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { langfuseUsage } from './langfuse-usage.js';
import { csvRows } from './reading/csv.js';
import { inTime } from './reading/in-time.js';
import { type Entry, records } from './reading/values.js';

const id = 'langfuse';
const groups = ['trace', 'traces', 'observations', 'scores', 'data'];
/** Columns by which a CSV export is told (UI and API names, blob storage names). */
const csvColumns =
  /(^|,)"?(traceId|trace_id|parentObservationId|parent_observation_id|observationCount|usageDetails|usage_details|sessionId|session_id)"?(,|\r?$)/m;

/** What kinds of observation a model answered (langfuse.com/docs/observability/features/observation-types). */
const modelTypes = new Set(['GENERATION', 'EMBEDDING']);
const observationTypes = new Set([
  'SPAN',
  'EVENT',
  'AGENT',
  'TOOL',
  'CHAIN',
  'RETRIEVER',
  'EVALUATOR',
  'GUARDRAIL',
  ...modelTypes,
]);

/**
 * Traces, observations and scores as Langfuse exports them: camelCase from the interface and the API, snake_case from
 * blob storage; JSON, JSONL or CSV. Rows name the trace they belong to, so they may come in any order.
 */
export const langfuse = {
  id,
  title: 'Langfuse export',
  description: 'Traces, observations and scores exported from Langfuse as JSON, JSONL or CSV.',
  detect({ values, text, shape }) {
    if (shape === null) {
      const columns = text?.split('\n', 1)[0] ?? '';
      return csvColumns.test(columns) && /(^|,)"?id"?(,|\r?$)/.test(columns) ? 0.9 : 0;
    }
    const rows = values.flatMap((value) => [
      value,
      ...groups.flatMap((group) => objectsOf([value[group] ?? null].flat())),
    ]);
    return rows.some((row) => isObservation(row) || isTrace(row) || isScore(row)) ? 0.95 : 0;
  },
  read: (input, context) => inTime(items(input, context)),
} satisfies Importer;

async function* items(input: AsyncIterable<Uint8Array>, context: ImportContext): AsyncGenerator<ImportItem> {
  for await (const entry of rowsOf(input)) {
    if ('skipped' in entry) yield entry;
    else yield* rowItems(entry.value, entry.where, context, /^traces?$/.test(entry.group));
  }
}

async function* rowsOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const iterator = input[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (!first.done && first.value.length === 0) first = await iterator.next();
  if (first.done) return;
  const chunk = first.value;
  const whole = async function* () {
    yield chunk;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  if (/^\ufeff?\s*[[{]/.test(Buffer.from(chunk.subarray(0, 256)).toString('utf8'))) {
    yield* records(whole(), groups, isTrace);
    return;
  }
  for await (const row of csvRows(whole())) {
    const where = `row ${row.number}`;
    if ('problem' in row) yield { skipped: { where, reason: row.problem } };
    else {
      const value = Object.fromEntries(
        Object.entries(row.row).map(([name, field]) => [name, unwrapped(field) ?? null]),
      );
      yield { value, text: '', where, group: '' };
    }
  }
}

function isObservation(row: JsonObject): boolean {
  return (
    member(row, 'traceId', 'trace_id') !== undefined &&
    member(row, 'startTime', 'start_time') !== undefined &&
    observationTypes.has(String(row['type'] ?? '').toUpperCase())
  );
}

function isTrace(row: JsonObject): boolean {
  const named = [
    'sessionId',
    'session_id',
    'userId',
    'user_id',
    'projectId',
    'project_id',
    'observations',
    'release',
    'bookmarked',
  ];
  return (
    textOf(row['id']) !== undefined &&
    'timestamp' in row &&
    'name' in row &&
    named.some((name) => name in row) &&
    !('value' in row) &&
    !('traceId' in row) &&
    !('trace_id' in row)
  );
}

function isScore(row: JsonObject): boolean {
  return (
    member(row, 'traceId', 'trace_id') !== undefined &&
    textOf(row['name']) !== undefined &&
    ('value' in row || 'stringValue' in row) &&
    ('dataType' in row || 'data_type' in row || 'source' in row)
  );
}

function* rowItems(row: JsonObject, where: string, context: ImportContext, named: boolean): Generator<ImportItem> {
  if (isObservation(row)) yield* observation(row, where, context);
  else if (isScore(row)) yield* score(row, where);
  else if (isTrace(row) || (named && textOf(row['id']) !== undefined)) {
    yield* trace(row, context);
    // The API nests them.
    const nested = objectsOf(row['observations']);
    for (const [index, inner] of nested.entries()) {
      if (isObservation(inner)) yield* observation(inner, `${where}.observations[${index}]`, context);
    }
    for (const [index, inner] of objectsOf(row['scores']).entries())
      yield* score({ traceId: row['id'] as Json, ...inner }, `${where}.scores[${index}]`);
  } else yield { skipped: { where, reason: 'neither a trace, an observation nor a score' } };
}

function traceOf(traceId: string): IntakeTrace {
  return { key: `${id}:${traceId}`, kind: 'agent' };
}

function* trace(row: JsonObject, context: ImportContext): Generator<ImportItem> {
  const traceId = textOf(row['id']) as string;
  const at = timeOf(member(row, 'timestamp', 'createdAt', 'created_at'));
  const tags = unwrapped(row['tags']);
  const metadata = present({
    name: row['name'],
    session_id: member(row, 'sessionId', 'session_id'),
    user_id: member(row, 'userId', 'user_id'),
    tags: listOf(tags).length > 0 ? tags : undefined,
    release: row['release'],
    version: row['version'],
    environment: row['environment'],
    metadata: unwrapped(row['metadata']),
  });
  const title = titleOf(textOf(row['name']));
  const opened: IntakeTrace = { ...traceOf(traceId), ...(title === undefined ? {} : { title }), metadata };
  // What it was given and gave is that of the calls and spans below it.
  const extra = present({ input: unwrapped(row['input']), output: unwrapped(row['output']) });
  const times = { started_at: at ?? context.at };
  const record = recordOf(id, `trace:${traceId}`, opened, times, Object.keys(extra).length === 0 ? {} : { extra });
  yield at === undefined ? { record, undated: true } : { record };
}

function* score(row: JsonObject, where: string): Generator<ImportItem> {
  const traceId = textOf(member(row, 'traceId', 'trace_id'));
  const value = numberOf(row['value']);
  const at = timeOf(member(row, 'timestamp', 'createdAt', 'created_at'));
  if (traceId === undefined || value === undefined || at === undefined) {
    const lacking = traceId === undefined ? 'trace' : value === undefined ? 'number' : 'time';
    yield { skipped: { where, reason: `a score without a ${lacking}` } };
    return;
  }
  const source = String(row['source'] ?? '').toUpperCase();
  const scoreId = textOf(row['id']) ?? `${traceId}:${row['name']}:${at}`;
  const explanation = textOf(row['comment']);
  const event: IntakeEvent = {
    type: 'score',
    kind: source === 'EVAL' ? 'judge' : source === 'ANNOTATION' ? 'human' : 'rule',
    name: textOf(row['name']) ?? 'score',
    value,
    at,
    event_id: `score:${scoreId}`,
    ...(explanation === undefined ? {} : { explanation }),
  };
  yield { record: recordOf(id, `score:${scoreId}`, traceOf(traceId), { started_at: at }, { events: [event] }) };
}

function* observation(row: JsonObject, where: string, context: ImportContext): Generator<ImportItem> {
  const observationId = textOf(row['id']);
  const traceId = textOf(member(row, 'traceId', 'trace_id'));
  const started = timeOf(member(row, 'startTime', 'start_time'));
  if (observationId === undefined || traceId === undefined || started === undefined) {
    yield { skipped: { where, reason: 'an observation without id, trace or time' } };
    return;
  }
  const ended = timeOf(member(row, 'endTime', 'end_time')) ?? started;
  const type = String(row['type']).toUpperCase();
  const name = textOf(row['name']) ?? type.toLowerCase();
  const input = unwrapped(row['input']);
  const output = unwrapped(row['output']);
  const failed = String(row['level'] ?? '').toUpperCase() === 'ERROR';
  const message = textOf(member(row, 'statusMessage', 'status_message'));
  // Enriched rows carry their trace's fields.
  const metadata = present({ name: row['trace_name'], session_id: row['session_id'], user_id: row['user_id'] });
  const trace: IntakeTrace = { ...traceOf(traceId), ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
  const times = { started_at: started, ended_at: ended };
  const parent = textOf(member(row, 'parentObservationId', 'parent_observation_id')) ?? null;
  const span = { id: observationId, parent_id: parent, where };
  if (modelTypes.has(type)) {
    const sent = sentConversation(input, context.readMessages);
    const answered = answeredConversation(output, context.readMessages);
    const call = generation(row, type, sent, answered, failed ? (message ?? 'failed') : null);
    const events = unreadEvents({ event_id: `${observationId}:unread`, at: started, name }, sent, answered);
    const extra = present({
      observation_id: observationId,
      name: row['name'],
      parent_observation_id: parent ?? undefined,
    });
    yield { span, record: recordOf(id, `observation:${observationId}`, trace, times, { call, events, extra }) };
    yield* unreadItems(where, sent, answered);
    return;
  }
  const asked = askedBy(output, input, unwrapped(row['metadata']));
  const event = eventOf(type, name, observationId, times, input, output, failed, message, asked);
  yield { span, record: recordOf(id, `observation:${observationId}`, trace, times, { events: event }) };
}

function eventOf(
  type: string,
  name: string,
  observationId: string,
  times: { started_at: Micros; ended_at: Micros },
  input: Json | undefined,
  output: Json | undefined,
  failed: boolean,
  message: string | undefined,
  asked: string | undefined,
): IntakeEvent[] {
  const base = {
    at: times.started_at,
    duration_ms: (times.ended_at - times.started_at) / 1000,
    event_id: observationId,
  };
  if (type === 'TOOL' || type === 'RETRIEVER')
    return [
      {
        type: 'tool_execution',
        name,
        arguments: input ?? {},
        result: output ?? message ?? null,
        ...(failed ? { is_error: true } : {}),
        ...(asked === undefined ? {} : { tool_call_id: asked }),
        ...base,
      },
    ];
  if (failed)
    return [
      {
        type: 'error',
        code: 'observation_failed',
        message: message ?? name,
        details: present({ name, input, output }),
        ...base,
      },
    ];
  return [
    { type: 'state_change', description: `${type.toLowerCase()} ${name}`, data: present({ input, output }), ...base },
  ];
}

function generation(row: JsonObject, type: string, sent: Conversation, answered: Conversation, failure: string | null) {
  const model = textOf(member(row, 'providedModelName', 'provided_model_name', 'model')) ?? null;
  const cost = objectOf(unwrapped(member(row, 'costDetails', 'cost_details')));
  const price = numberOf(cost['total']) ?? numberOf(member(row, 'totalCost', 'total_cost', 'calculatedTotalCost'));
  const first = timeOf(member(row, 'completionStartTime', 'completion_start_time'));
  return {
    format: id,
    request: requestOf(sent.messages, {
      model,
      params: objectOf(unwrapped(member(row, 'modelParameters', 'model_parameters'))),
      tools: sent.tools,
      history_complete: sent.messages.length > 0,
      ...(type === 'EMBEDDING' ? { operation: 'embeddings' as const } : {}),
    }),
    response: responseOf(answered.messages, { model, usage: langfuseUsage(row), error: errorOf(failure ?? undefined) }),
    ...(price === undefined ? {} : { cost_usd: price }),
    ...(first === undefined ? {} : { first_token_at: first }),
  };
}
