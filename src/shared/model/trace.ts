import * as z from 'zod';
import { errorRecordSchema, idSchema, type Json, jsonSchema, timestampSchema } from './common.js';
import { consentSchema } from './consent.js';
import { ownTests, qaRunSummarySchema, qaStatuses } from './qa.js';

/** The public shapes of DESIGN §7: fields may be added, none renamed. */

export const traceKinds = ['agent', 'pr_telemetry', 'execution', 'gold', 'ingest'] as const;
export const traceKindSchema = z.enum(traceKinds);
export type TraceKind = z.infer<typeof traceKindSchema>;

export const stepTypes = [
  'message',
  'reasoning',
  'tool_call',
  'tool_result',
  'decision',
  'state_change',
  'error',
  'user_feedback',
  'file_open',
  'file_close',
  'code_edit',
  'terminal_command',
  'test_result',
  'reasoning_step',
] as const;
export type StepType = (typeof stepTypes)[number];

export const threadingRules = [
  'session_header',
  'response_id',
  'tool_call_id',
  'message_prefix',
  'tail_overlap',
  'fingerprint',
  'root',
] as const;
export type ThreadingRule = (typeof threadingRules)[number];

/** Why a call belongs to its trace. */
export const edgeSchema = z.object({
  rule: z.enum(threadingRules),
  basis: z.enum(['recorded', 'inferred']),
  confidence: z.number().min(0).max(1),
  /** One sentence for people, e.g. `tool result call_9x answers the call made by …`. */
  evidence: z.string().optional(),
});
export type Edge = z.infer<typeof edgeSchema>;

export const usageSchema = z.object({
  input_tokens: z.number().int().optional(),
  output_tokens: z.number().int().optional(),
  cached_input_tokens: z.number().int().optional(),
  cache_write_tokens: z.number().int().optional(),
  cache_write_1h_tokens: z.number().int().optional(),
  reasoning_tokens: z.number().int().optional(),
});

/** The numbers of a usage, in the order of their columns. */
export const usageFields = usageSchema.keyof().options;

export const callSchema = z.object({
  call_id: idSchema,
  exchange_id: idSchema.nullable(),
  parent_call_id: idSchema.nullable(),
  edge: edgeSchema,
  response_id: z.string().nullable(),
  format: z.string(),
  operation: z.string(),
  model: z.string().nullable(),
  params: z.record(z.string(), jsonSchema),
  tools_offered: z.array(
    z.object({
      name: z.string(),
      description: z.string().optional(),
      parameters: jsonSchema.optional(),
      kind: z.string().optional(),
    }),
  ),
  usage: usageSchema.nullable(),
  cost_usd: z.number().nullable(),
  /** Null where its source does not tell it. */
  started_at: timestampSchema.nullable(),
  /** Null where its source tells no times. */
  duration_ms: z.number().nullable(),
  ttft_ms: z.number().nullable(),
  stop_reason: z.string().nullable(),
  partial: z.boolean(),
  error: errorRecordSchema.nullable(),
});
export type Call = z.infer<typeof callSchema>;

export const toolCallStatuses = ['ok', 'error', 'pending'] as const;
/** What a person says of how a tool call ended. */
export const toolCallVerdicts = ['error', 'ok'] as const;
export type ToolCallVerdict = (typeof toolCallVerdicts)[number];

const suspicion = {
  suspicion: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .optional()
    .describe('How likely it failed although nothing marks it so'),
  suspicion_reason: z.string().nullable().optional().describe('What its result says that makes it suspect'),
};

export const toolCallSchema = z.object({
  tool_call_id: z.string(),
  trace_id: idSchema,
  call_id: idSchema.nullable(),
  step_id: idSchema.nullable(),
  name: z.string(),
  /** JSON value where it parses, else the string. */
  arguments: jsonSchema,
  result: jsonSchema.nullable(),
  status: z.enum(toolCallStatuses),
  /** Null where its source does not tell it. */
  timestamp: timestampSchema.nullable(),
  duration_ms: z.number().nullable(),
  ...suspicion,
  /** `judged`: what a person said of how it ended. */
  metadata: z.record(z.string(), jsonSchema),
});
/** Which tool call: its own id counts within the call that asked for it. */
export const toolCallIdSchema = toolCallSchema.pick({ trace_id: true, call_id: true, tool_call_id: true });
export type ToolCallId = z.infer<typeof toolCallIdSchema>;
export type ToolCall = z.infer<typeof toolCallSchema>;

const stepBase = {
  step_id: idSchema,
  seq: z.number().int(),
  /** Null where its source does not tell it. */
  timestamp: timestampSchema.nullable(),
  duration_ms: z.number().nullable().optional(),
  call_id: idSchema.nullable().optional(),
  agent: z.string().optional(),
};
const mediaPart = z.object({
  media: z.string(),
  media_type: z.string().optional(),
  url: z.string().optional(),
  bytes: z.number().optional(),
  sha256: z.string().optional(),
});

/** What happened, in order, told apart by `type`. */
export const stepSchema = z.discriminatedUnion('type', [
  z.object({
    ...stepBase,
    type: z.literal('message'),
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
    content: z.string(),
    media: z.array(mediaPart).optional(),
    message_hash: z.string().optional(),
    name: z.string().optional(),
    phase: z.string().optional(),
    refusal: z.boolean().optional(),
    other: z.array(jsonSchema).optional(),
  }),
  z.object({
    ...stepBase,
    type: z.literal('reasoning'),
    content: z.string(),
    encrypted: z.boolean().optional(),
    message_hash: z.string().optional(),
  }),
  z.object({
    ...stepBase,
    type: z.literal('tool_call'),
    tool_call_id: z.string(),
    name: z.string(),
    arguments: jsonSchema,
    status: z.enum(toolCallStatuses),
    ...suspicion,
    server: z.boolean().optional(),
    message_hash: z.string().optional(),
  }),
  z.object({
    ...stepBase,
    type: z.literal('tool_result'),
    tool_call_id: z.string().nullable(),
    name: z.string().optional(),
    result: jsonSchema,
    is_error: z.boolean().optional(),
    ...suspicion,
    message_hash: z.string().optional(),
  }),
  z.object({ ...stepBase, type: z.literal('decision'), decision_id: idSchema }),
  z.object({
    ...stepBase,
    type: z.literal('state_change'),
    description: z.string(),
    data: jsonSchema.optional(),
    /** Nobody sent it: it was seen in what was said (a plan, a mode, a model, a subagent); `data.change` names what. */
    derived: z.boolean().optional(),
  }),
  z.object({
    ...stepBase,
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    details: jsonSchema.optional(),
  }),
  z.object({ ...stepBase, type: z.literal('user_feedback'), content: z.string(), data: jsonSchema.optional() }),
  z.object({ ...stepBase, type: z.literal('file_open'), file: z.string(), data: jsonSchema.optional() }),
  z.object({ ...stepBase, type: z.literal('file_close'), file: z.string(), data: jsonSchema.optional() }),
  z.object({
    ...stepBase,
    type: z.literal('code_edit'),
    file: z.string(),
    diff: z.string(),
    data: jsonSchema.optional(),
  }),
  z.object({
    ...stepBase,
    type: z.literal('terminal_command'),
    command: z.string(),
    exit_code: z.number().int().nullable(),
    output: z.string(),
    data: jsonSchema.optional(),
  }),
  z.object({
    ...stepBase,
    type: z.literal('test_result'),
    name: z.string(),
    status: z.string(),
    output: z.string().optional(),
    data: jsonSchema.optional(),
  }),
  z.object({ ...stepBase, type: z.literal('reasoning_step'), content: z.string(), data: jsonSchema.optional() }),
]);
export type Step = z.infer<typeof stepSchema>;

/** Whether it tells what a run of ours came to: that is behind all that the agent did, and nothing that it saw. */
export function isOwnTest({ type, data }: { type: string; data?: Json | undefined }): boolean {
  if (type !== 'test_result' || typeof data !== 'object' || data === null) return false;
  return 'source' in data && data['source'] === ownTests.source;
}

/** What was sent in other words than its fields hold: text of a cost or a time, an id of its own, fields without a name here. */
const asSent = z.record(z.string(), jsonSchema).optional();

export const decisionSchema = z.object({
  decision_id: idSchema,
  trace_id: idSchema,
  call_id: idSchema.nullable(),
  /** Null where its source does not tell it. */
  timestamp: timestampSchema.nullable(),
  context: z.string().optional(),
  available_options: z.array(
    z.object({
      option: z.string(),
      pros: z.array(z.string()).optional(),
      cons: z.array(z.string()).optional(),
      /** US dollars. */
      estimated_cost: z.number().optional(),
      /** Seconds. */
      estimated_time: z.number().optional(),
      as_sent: asSent,
    }),
  ),
  decision: z.string(),
  /** Ids of the tool calls this decision led to. */
  tool_call_ids: z.array(z.string()),
  reasoning: z.string().optional(),
  confidence: z.number().optional(),
  outcome: z
    .object({
      actual_cost: z.number().optional(),
      actual_time: z.number().optional(),
      success: z.boolean().optional(),
      quality: z.number().optional(),
      as_sent: asSent,
    })
    .optional(),
  as_sent: asSent,
  /** `derived` from a call, or sent `explicit`ly. */
  origin: z.enum(['derived', 'explicit']),
});
export type Decision = z.infer<typeof decisionSchema>;

export const scoreSchema = z.object({
  score_id: idSchema,
  kind: z.enum(['judge', 'qa', 'rule', 'human']),
  name: z.string(),
  value: z.number(),
  explanation: z.string().optional(),
  created_at: timestampSchema,
  /** What it was judged by and by whom; absent where nobody said it. */
  rubric_id: z.string().optional(),
  rubric_version: z.string().optional(),
  judge_model: z.string().optional(),
  /** Lowercase hex SHA-256 of the prompt that the judge was given. */
  prompt_hash: z.string().optional(),
  cost_usd: z.number().nonnegative().optional(),
  /** `revision` of the trace as it was judged; absent where it was judged before traces had one. */
  trace_revision: z.number().int().positive().optional(),
  /** 0..1 */
  confidence: z.number().min(0).max(1).optional(),
});
export type Score = z.infer<typeof scoreSchema>;

export const labels = ['accepted', 'rejected'] as const;
export const reviewSchema = z.object({
  trace_id: idSchema,
  label: z.enum(labels).nullable(),
  /** 1..5 */
  rating: z.number().int().min(1).max(5).nullable(),
  tags: z.array(z.string().min(1).max(64)).max(64),
  note: z.string().max(20_000),
  updated_at: timestampSchema.nullable(),
  /** `revision` of the trace as it was when this was said; null where nothing was, absent before traces had one. */
  trace_revision: z.number().int().positive().nullable().optional(),
  /** Name of the token that said it last; null where nobody did, absent where that was not kept. */
  reviewer: z.string().nullable().optional(),
});
export type Review = z.infer<typeof reviewSchema>;

export const completionStatuses = ['running', 'completed', 'interrupted', 'failed'] as const;

/** Where a trace comes from, as `sourceSchema` describes it; what is not known is absent. */
export type TraceSource = { kind: string; client?: string; session?: string; upstream?: string };

export const sourceSchema = z.object({
  /** `proxy`, `gateway`, `rest`, `otlp`, `import:<name>`, `demo`. */
  kind: z.string(),
  client: z.string().optional(),
  session: z.string().optional(),
  upstream: z.string().optional(),
});

/** A trace as lists show it. */
export const traceSummarySchema = z.object({
  trace_id: idSchema,
  kind: traceKindSchema,
  title: z.string(),
  parent_trace_id: idSchema.nullable(),
  parent_step_id: idSchema.nullable(),
  predecessor_trace_id: idSchema.nullable(),
  source: sourceSchema,
  /** Null where its source does not tell it. */
  started_at: timestampSchema.nullable(),
  ended_at: timestampSchema.nullable(),
  completion_status: z.enum(completionStatuses),
  models: z.array(z.string()),
  tool_names: z.array(z.string()),
  call_count: z.number().int(),
  step_count: z.number().int(),
  tool_call_count: z.number().int(),
  error_count: z.number().int(),
  finding_count: z.number().int(),
  usage: usageSchema,
  cost_usd: z.number().nullable(),
  /** What the source said of it besides: developer_id, bug_id, repo, test_command, scenario, …; null where nothing. */
  metadata: z.record(z.string(), jsonSchema).nullable(),
  /**
   * 0: steps stand in the order they came. From 1 on they stand by their time, and it grows when one comes that belongs
   * before others: who has read steps under a smaller number reads them anew, or has one missing among them.
   */
  step_order: z.number().int().optional(),
  /**
   * Names the state of what is judged, reviewed and exported of the trace: grows with every change of its calls, steps, tool
   * calls with their effects, decisions, results of tests, title, times and status. It stays where only something is said of
   * it: a review, a score, a consent, or a second report of a call (a witness). Absent in files of before.
   */
  revision: z.number().int().positive().optional(),
  /** How far the newest run of its tests is; `done` too where none ran here and it came with what they came to. Absent in files of before. */
  qa_status: z.enum(qaStatuses).optional(),
  /** Whether `qa_status` is that of a run of ours, or of what was sent; null where it is `none`. Absent in files of before. */
  qa_origin: z.enum(['run', 'sent']).nullable().optional(),
  review: reviewSchema.nullable(),
});
export type TraceSummary = z.infer<typeof traceSummarySchema>;

/** What running its tests and judging its reasoning came to. */
export const qaResultsSchema = z.looseObject({
  tests_passed: z.boolean().nullable().optional(),
  test_exit_code: z.number().int().nullable().optional(),
  test_output_snippet: z.string().nullable().optional(),
  reasoning_score: z.number().nullable().optional(),
  reasoning_feedback: z.string().nullable().optional(),
});
export type QaResults = z.infer<typeof qaResultsSchema>;

/** A whole trace: what GET /traces/:id answers and exports read. */
export const traceSchema = traceSummarySchema.extend({
  calls: z.array(callSchema),
  steps: z.array(stepSchema),
  tool_calls: z.array(toolCallSchema),
  decisions: z.array(decisionSchema),
  scores: z.array(scoreSchema),
  /** Null where nothing ran. */
  qa_results: qaResultsSchema.nullable(),
  /** The newest runs of its tests, newest first; absent in files of before. */
  qa_runs: z.array(qaRunSummarySchema).optional(),
  /** What is known of the right to use it; null where nobody said anything. */
  consent: consentSchema.nullable(),
});
export type Trace = z.infer<typeof traceSchema>;

/** `qa_results` of a trace of any version: the first one had a list, of which the last run holds. */
export function qaResultsOf(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? (value.at(-1) ?? null) : value;
}

/** What a trace was made for, and in which mode: `scenario` and `execution_mode` of its metadata. */
export const tracePurposeSchema = z.object({ scenario: z.string().nullable(), mode: z.string().nullable() });
export type TracePurpose = z.infer<typeof tracePurposeSchema>;
