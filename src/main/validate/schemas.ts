import * as z from 'zod';
import {
  batchValidationSchema,
  callSchema,
  decisionSchema,
  effectSchema,
  exchangeSchema,
  exchangeSummarySchema,
  executionTraceSchema,
  fileValidationReportSchema,
  finalizeSchema,
  findingSchema,
  importReportSchema,
  ingestSchema,
  type Json,
  jobSchema,
  mappingSchema,
  reviewSchema,
  scoreSchema,
  sentEventSchema,
  stepSchema,
  telemetryTraceSchema,
  toolCallSchema,
  traceSchema,
  traceSummarySchema,
  validationReportSchema,
  validationSummarySchema,
  witnessSchema,
} from '../../shared/model/index.js';
import { openAiChatRowSchema, toolCallRowSchema } from './shapes.js';

/** Every public shape: its schema, its version, and what it is. A change that breaks readers counts the version up. */
const shapes = {
  trace: { schema: traceSchema, version: 2, title: 'A whole trace' },
  trace_summary: { schema: traceSummarySchema, version: 1, title: 'A trace as lists show it' },
  call: { schema: callSchema, version: 1, title: 'A model call' },
  step: { schema: stepSchema, version: 1, title: 'Something that happened in a trace' },
  tool_call: { schema: toolCallSchema, version: 1, title: 'A tool call with its result' },
  decision: { schema: decisionSchema, version: 1, title: 'A decision with what else was possible' },
  score: { schema: scoreSchema, version: 1, title: 'A score' },
  review: { schema: reviewSchema, version: 1, title: 'What a person says of a trace' },
  exchange: { schema: exchangeSchema, version: 1, title: 'An HTTP exchange with its bodies' },
  exchange_summary: { schema: exchangeSummarySchema, version: 1, title: 'An exchange as lists show it' },
  finding: { schema: findingSchema, version: 1, title: 'What redaction replaced' },
  effect: { schema: effectSchema, version: 1, title: 'What a tool call did on the wire' },
  witness: { schema: witnessSchema, version: 1, title: 'A second report of a call' },
  job: { schema: jobSchema, version: 1, title: 'A job' },
  import_report: { schema: importReportSchema, version: 1, title: 'What became of an imported file' },
  mapping: { schema: mappingSchema, version: 1, title: 'How a custom trace format is read' },
  execution_trace: { schema: executionTraceSchema, version: 2, title: 'A trace as one execution' },
  pr_telemetry: { schema: telemetryTraceSchema, version: 1, title: 'PR telemetry as POST /traces takes it' },
  telemetry_event: { schema: sentEventSchema, version: 1, title: 'An event as POST /traces/:id/events takes it' },
  finalize: { schema: finalizeSchema, version: 1, title: 'The end of a trace as POST /traces/:id/finalize takes it' },
  ingest_event: { schema: ingestSchema, version: 1, title: 'An event as POST /ingest takes it' },
  tool_call_row: { schema: toolCallRowSchema, version: 1, title: 'A row of the layout tool-calls' },
  openai_chat_row: { schema: openAiChatRowSchema, version: 1, title: 'A row of the layout openai-chat' },
  validation_report: { schema: validationReportSchema, version: 1, title: 'What a check of a trace found' },
  file_validation_report: { schema: fileValidationReportSchema, version: 1, title: 'The same for a record of a file' },
  validation_summary: { schema: validationSummarySchema, version: 1, title: 'What a check of many traces found' },
  batch_validation: { schema: batchValidationSchema, version: 1, title: 'The same with the invalid traces' },
} as const satisfies Record<string, { schema: z.ZodType; version: number; title: string }>;

export interface SchemaEntry {
  name: string;
  version: number;
  title: string;
  /** The `$id` of the schema. */
  id: string;
}

const made = new Map<string, { [key: string]: Json }>();

export function listSchemas(): SchemaEntry[] {
  return Object.entries(shapes).map(([name, { version, title }]) => ({
    name,
    version,
    title,
    id: idOf(name, version),
  }));
}

/** JSON Schema (draft 2020-12) of a shape; null for a name that there is none of. */
export function schemaOf(name: string): { [key: string]: Json } | null {
  if (!Object.hasOwn(shapes, name)) return null;
  const cached = made.get(name);
  if (cached !== undefined) return cached;
  const { schema, version, title } = shapes[name as keyof typeof shapes];
  const { $schema, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' }) as { [key: string]: Json };
  const document = {
    $schema: $schema as Json,
    $id: idOf(name, version),
    $comment: `version ${version}`,
    title,
    ...rest,
  };
  made.set(name, document);
  return document;
}

function idOf(name: string, version: number): string {
  return `urn:sluice:schema:${name}:${version}`;
}
