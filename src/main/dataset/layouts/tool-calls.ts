import * as z from 'zod';
import {
  type Json,
  jsonSchema,
  type ToolCall,
  type TraceSummary,
  timestampSchema,
  toolCallStatuses,
} from '../../../shared/model/index.js';
import { type JsonObject, objectOf } from '../../ground/json.js';
import type { TraceLayout } from './layout.js';

/** Version of the row shape, kept in every row so that rows of several exports can be told apart. */
const rowVersion = '1';

const metadata = z
  .object({
    source: z.string(),
    version: z.string(),
    trace_id: z.string(),
    trace_revision: z.number().optional(),
    call_id: z.string().nullable(),
    tool_call_id: z.string(),
    model: z.string().nullable(),
    status: z.enum(toolCallStatuses),
    client: z.string().nullable(),
    session: z.string().nullable(),
  })
  .catchall(jsonSchema);

const row = z.object({
  name: z.string().describe('Name of the tool'),
  arguments: jsonSchema.describe('Arguments the model gave; a JSON value where they parse, else the text'),
  result: jsonSchema.nullable().describe('What the tool returned; null while there is no result'),
  timestamp: timestampSchema
    .nullable()
    .describe('When the model asked for the call, UTC; null where its source told no times'),
  duration_ms: z.number().nullable().describe('From the request for the call to its result, milliseconds'),
  suspicion: z
    .number()
    .nullable()
    .optional()
    .describe(
      'How likely it failed although nothing marks it so, 0 to 1; null where nothing says so or a person decided',
    ),
  metadata: metadata.describe('Where it comes from: source, trace, call, model, status, client'),
});
export type ToolCallRow = z.infer<typeof row>;

/** What a row says of a tool call beside itself. */
export interface RowContext {
  source: TraceSummary['source'];
  revision?: number | undefined;
  model: string | null;
}

/** The standard shape of a tool call. What was imported in this shape goes out as it came in. */
export function toolCallRow(call: ToolCall, { source, revision, model }: RowContext): ToolCallRow {
  const { imported_from, source: _, version, ...metadata } = call.metadata;
  // What was imported by earlier versions keeps its source alone.
  const importedFrom = typeof imported_from === 'string' ? { source: imported_from } : objectOf(imported_from);
  return {
    name: call.name,
    arguments: call.arguments,
    result: call.result,
    timestamp: call.timestamp,
    duration_ms: call.duration_ms,
    suspicion: call.suspicion ?? null,
    metadata: {
      version: textOf(version) ?? rowVersion,
      // In an order that does not depend on how it came to be known.
      ...Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
      ...(call.suspicion_reason == null ? {} : { suspicion_reason: call.suspicion_reason }),
      source: textOf(importedFrom.source) ?? source.kind,
      trace_id: textOf(importedFrom.trace_id) ?? call.trace_id,
      ...(revision === undefined ? {} : { trace_revision: revisionOf(importedFrom) ?? revision }),
      call_id: textOf(importedFrom.call_id) ?? call.call_id,
      tool_call_id: textOf(importedFrom.tool_call_id) ?? call.tool_call_id,
      model: textOf(importedFrom.model) ?? model,
      status: call.status,
      client: textOf(importedFrom.client) ?? source.client ?? null,
      session: textOf(importedFrom.session) ?? source.session ?? null,
    },
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The state of the trace that it was exported from. */
function revisionOf({ trace_id, trace_revision }: JsonObject): number | undefined {
  return typeof trace_id === 'string' && typeof trace_revision === 'number' ? trace_revision : undefined;
}

export const toolCalls = {
  id: 'tool-calls',
  title: 'Tool calls',
  description: 'One row per tool call: name, arguments, result, time, duration and where it comes from.',
  of: 'trace',
  consent: 'metadata',
  row,
  *rows(trace) {
    if (trace.tool_calls.length === 0) yield { skipped: 'no tool call' };
    const models = new Map(trace.calls.map((call) => [call.call_id, call.model]));
    for (const call of trace.tool_calls) {
      const model = (call.call_id === null ? null : models.get(call.call_id)) ?? null;
      const { call_id, step_id } = call;
      const row = toolCallRow(call, { source: trace.source, revision: trace.revision, model });
      yield { row, origin: { call_id, step_id } };
    }
  },
} satisfies TraceLayout<typeof row>;
