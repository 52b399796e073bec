import * as z from 'zod';
import { errorRecordSchema, idSchema, jsonSchema, timestampSchema } from './common.js';
import { completionStatuses, toolCallStatuses, traceKinds, usageSchema } from './trace.js';

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

export const executionStepSchema = z.object({
  step_id: z.string(),
  /** `interaction`: a person spoke; `error`: what failed; `recovery`: the step that followed a failure. */
  step_type: z.enum(['interaction', 'step', 'error', 'recovery']),
  /** The tools called, `respond`, `user`, the kind of event, or the error's code. */
  step_name: z.string(),
  /** Who acted: an agent's name, the client, or `user`. */
  agent: z.string(),
  timestamp: timestampSchema,
  duration_ms: z.number().nullable(),
  /** What was new before it: words and results. */
  inputs: z.array(
    z.object({ type: z.string(), role: z.string().optional(), name: z.string().optional(), content: jsonSchema }),
  ),
  reasoning: z.string().nullable(),
  actions: z.array(
    z.object({
      /** `tool_call`, or the type of the event (`code_edit`, `terminal_command`, …). */
      action_type: z.string(),
      tool: z.string().nullable(),
      parameters: jsonSchema,
      result: jsonSchema.nullable(),
      status: z.enum(toolCallStatuses),
      /** How likely it failed although its result is not marked so, 0 to 1; absent where nothing says so. */
      suspicion: z.number().optional(),
      duration_ms: z.number().nullable(),
    }),
  ),
  outputs: z.array(z.object({ type: z.string(), content: jsonSchema })),
  state_changes: z.array(z.object({ description: z.string(), data: jsonSchema.optional() })),
  outcome: z.object({
    status: z.enum(['ok', 'error', 'pending']),
    stop_reason: z.string().nullable(),
    error: errorRecordSchema.nullable(),
    usage: usageSchema.nullable(),
    cost_usd: z.number().nullable(),
  }),
  /** Set on recoveries: which failure this step answers, and how. */
  recovery: z.object({ of_step_id: z.string(), strategy: z.enum(recoveryStrategies) }).nullable(),
  call_id: idSchema.nullable(),
});
export type ExecutionStep = z.infer<typeof executionStepSchema>;

/** A trace as one execution: what was put in, thought, done, put out and changed, step by step. */
export const executionTraceSchema = z.object({
  schema_version: z.literal('1'),
  trace_id: idSchema,
  /** `revision` of the trace that it was made of. */
  trace_revision: z.number().int().positive().optional(),
  /** The task: the scenario the source names, else the trace's title. */
  scenario: z.string(),
  /** The mode the source names, else `captured` for traffic and `imported` for records. */
  execution_mode: z.string(),
  kind: z.enum(traceKinds),
  start_time: timestampSchema,
  end_time: timestampSchema.nullable(),
  completion_status: z.enum(completionStatuses),
  parent_trace_id: idSchema.nullable(),
  steps: z.array(executionStepSchema),
});
export type ExecutionTrace = z.infer<typeof executionTraceSchema>;
