import * as z from 'zod';
import type { Json } from './common.js';
import { consentPatchSchema } from './consent.js';
import { maxEvents, sentNameSchema, telemetryTraceSchema } from './telemetry.js';

/** What POST /traces takes besides PR telemetry: executions, decisions and tool calls, as files of them are read. */

const consent = consentPatchSchema.optional();
const name = sentNameSchema.optional().describe('Names the trace in every route');
const time = z.union([z.string().min(1), z.number()]).describe('ISO-8601, or a number of seconds or milliseconds');

/** An execution: a scenario with its steps. */
export const sentExecutionSchema = z.looseObject({
  trace_id: name,
  start_time: time.nullish(),
  steps: z.array(z.looseObject({})).max(maxEvents),
  consent,
});

/** A decision: what could be chosen, what was, and what came of it. */
export const sentDecisionSchema = z.looseObject({
  trace_id: name,
  decision: z.string().min(1),
  available_options: z
    .array(z.union([z.string(), z.looseObject({ option: z.string() })]))
    .max(1000)
    .optional(),
  consent,
});

/** A tool call in the standard shape; `metadata.trace_id` names its trace. */
export const sentToolCallSchema = z.looseObject({
  name: z.string().min(1).max(500),
  arguments: z.custom<Json>((value) => value !== undefined, 'missing'),
  metadata: z.looseObject({ trace_id: name }).optional(),
  consent,
});

/** Each may stand alone or as the one member of an object, which names it. */
export const sentTraceSchema = z.union([
  telemetryTraceSchema,
  sentExecutionSchema,
  sentDecisionSchema,
  sentToolCallSchema,
  z.strictObject({ execution_trace: sentExecutionSchema }),
  z.strictObject({ decision_trace: sentDecisionSchema }),
  z.strictObject({ tool_call: sentToolCallSchema }),
]);
