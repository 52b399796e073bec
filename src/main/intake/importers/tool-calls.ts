import type { IntakeEvent, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { recordOf } from './build.js';
import { contentKey, isObject, type JsonObject, numberOf, objectOf, present, textOf, timeOf } from './fields.js';
import type { Importer, ImportItem } from './importer.js';
import { records } from './reading/values.js';

const id = 'tool-calls';

/** Tool calls in the standard shape: rows of the layout `tool-calls` back into the traces they came from, others by their file. */
export const toolCalls = {
  id,
  title: 'Tool calls',
  description:
    'Tool calls ({name, arguments, result, timestamp, duration_ms, metadata}), as `--layout tool-calls` writes them.',
  detect({ values }) {
    return values.some(isRow) ? 0.95 : 0;
  },
  async *read(input, context) {
    const taken = new Set<string>();
    const traces = new Set<Json | undefined>();
    let place = 0;
    for await (const entry of records(input)) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      traces.add(objectOf(entry.value['metadata'])['trace_id']);
      // Exports begin with the newest trace, and with the first call of each.
      const at = context.at - 1_000_000 * (traces.size - 1) + place * 2;
      const item = isRow(entry.value)
        ? toolCallItem(entry, { fileKey: context.fileKey, at, taken })
        : { skipped: { where: entry.where, reason: 'not a tool call' } };
      place += 1;
      yield item;
    }
  },
} satisfies Importer;

/**
 * The record of a tool call. `at` keeps the order where it tells no time; `taken`: ids that came before, which servers give again in
 * every call.
 */
export function toolCallItem(
  entry: { value: JsonObject; text: string; where: string },
  of: { fileKey: string; at: Micros; taken?: Set<string> },
): Extract<ImportItem, { record: unknown }> {
  const row = entry.value;
  const dated = timeOf(row['timestamp']);
  const at = dated ?? of.at;
  // Why it was suspected is found again.
  const { suspicion_reason: _, ...fields } = objectOf(row['metadata']);
  const { trace_id, trace_revision, tool_call_id, status, client, session, call_id, model, source, ...metadata } =
    fields;
  const ofTrace = textOf(trace_id);
  const trace: IntakeTrace = {
    key: ofTrace === undefined ? `${id}:${of.fileKey}` : `sluice:${ofTrace}`,
    kind: 'agent',
    metadata: present({ imported_from: source, session }),
  };
  const own = textOf(tool_call_id);
  const called =
    own === undefined
      ? contentKey(entry.text, ofTrace === undefined ? entry.where : '')
      : of.taken?.has(`${ofTrace} ${own}`)
        ? contentKey(own, String(call_id), String(row['timestamp']))
        : own;
  of.taken?.add(`${ofTrace} ${called}`);
  const duration = numberOf(row['duration_ms']);
  const events: IntakeEvent[] = [
    {
      type: 'tool_call',
      tool_call_id: called,
      name: textOf(row['name']) as string,
      arguments: row['arguments'] ?? {},
      at,
      metadata: {
        ...metadata,
        imported_from: present({ source, trace_id, trace_revision, call_id, tool_call_id, model, client, session }),
      },
    },
  ];
  const done = at + Math.round((duration ?? 0) * 1000);
  if (status !== 'pending' && 'result' in row) {
    events.push({
      type: 'tool_result',
      tool_call_id: called,
      result: row['result'] ?? null,
      at: done,
      ...present({ duration_ms: duration }),
      ...(status === 'error' || status === 'ok' ? { is_error: status === 'error' } : {}),
    });
  }
  // Ids of tool calls are unique only within a call.
  const key = contentKey(ofTrace ?? of.fileKey, String(call_id), called, String(row['timestamp']));
  return {
    record: recordOf(id, key, trace, { started_at: at, ended_at: done }, { events, ...present({ client }) }),
    ...(dated === undefined ? { undated: true as const } : {}),
  };
}

export function isRow(row: JsonObject): boolean {
  return (
    textOf(row['name']) !== undefined &&
    'arguments' in row &&
    ('result' in row || timeOf(row['timestamp']) !== undefined || isObject(row['metadata']))
  );
}
