import * as z from 'zod';
import { jsonSchema, timestampSchema } from './common.js';
import { traceKinds } from './trace.js';

/** Modes that a run can be made in; a source may name others. */
export const executionModes = ['EXECUTION', 'SIMULATION', 'OPTIMIZATION'] as const;

/** What an agent did after something failed. */
export const recoveryStrategies = [
  /** The same tool with the same arguments, or the same request again. */
  'retry',
  /** The same tool with other arguments. */
  'retry_changed',
  'other_tool',
  /** It went on in words, with a question. */
  'asked_user',
  /** It went on in words. */
  'gave_up',
] as const;
export type RecoveryStrategy = (typeof recoveryStrategies)[number];

const optionalJson = jsonSchema.optional();

/** A step, made here or in the words of whoever recorded it: rows of version 1 have `timestamp` in the place of `start_time`. */
export const executionStepSchema = z.looseObject({
  step_id: z.string().optional(),
  step_name: z.string().nullish(),
  agent: z.string().nullish(),
  start_time: z.string().nullish(),
  duration: z.union([z.string(), z.number()]).nullish(),
  inputs: optionalJson,
  reasoning: z.string().nullish(),
  actions: z
    .array(
      z.looseObject({
        action_type: z.string().nullish(),
        tool: z.string().nullish(),
        parameters: optionalJson,
        result: optionalJson,
        status: z.string().nullish(),
        duration_ms: z.number().nullish(),
      }),
    )
    .nullish(),
  outputs: optionalJson,
  state_changes: optionalJson,
  timestamp: timestampSchema.optional(),
  recovery: z.looseObject({ of_step_id: z.string(), strategy: z.enum(recoveryStrategies) }).nullish(),
});

/** A trace as one execution: what was put in, thought, done, put out and changed, step by step. */
export const executionTraceSchema = z.object({
  schema_version: z.enum(['1', '2']).optional(),
  /** What the source calls it, else its id. */
  trace_id: z.string(),
  /** `revision` of the trace that it was made of. */
  trace_revision: z.number().int().positive().optional(),
  /** The task: the scenario the source names, else the trace's title. */
  scenario: z.string(),
  /** The mode the source names, else `captured` for traffic and `imported` for records. */
  execution_mode: z.string(),
  kind: z.enum(traceKinds).optional(),
  /** Null where its source told no times. */
  start_time: timestampSchema.nullable(),
  end_time: timestampSchema.nullish(),
  /** `HH:MM:SS`, or as the source has it. */
  total_duration: z.string().nullish(),
  /** As the source says it, else running, completed, interrupted or failed. */
  completion_status: z.string(),
  parent_trace_id: z.string().nullish(),
  steps: z.array(executionStepSchema),
  /** What the source says besides. */
  extra: jsonSchema.optional(),
});
export type ExecutionTrace = z.infer<typeof executionTraceSchema>;
