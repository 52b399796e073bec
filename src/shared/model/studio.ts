import * as z from 'zod';
import { errorRecordSchema, idSchema, jsonSchema, timestampSchema } from './common.js';
import { consentOptionsSchema } from './consent.js';
import { datasetVersionNameSchema, emptyPartSchema } from './datasets.js';
import { exportPolicySchema, exportPseudonyms } from './export-privacy.js';
import { leakSummarySchema } from './leak-report.js';
import { augmentationSchema, packageIds } from './packages.js';
import { forksSchema, reasoningSchema, subagentPlaceSchema } from './row-options.js';
import { trainerIds, trainerReportSchema } from './trainers.js';

export const healthReasonSchema = z.object({
  code: z.enum([
    'journal_failing',
    'store_failing',
    'journal_errors',
    'damaged',
    'bodies_lost',
    'quarantined',
    'policy_not_applied',
  ]),
  message: z.string(),
  /** What to do about it. */
  next: z.string(),
});
export type HealthReason = z.infer<typeof healthReasonSchema>;

export const lossNames = ['journal_errors', 'damaged', 'bodies_lost', 'quarantined'] as const;

/** All are 0 where nothing was lost. */
export const lossesSchema = z.object({
  /** Writes to the journal that failed: the exchange or a part of its body is lost. */
  journal_errors: z.number().int(),
  /** Records of the journal that could not be read back. */
  damaged: z.number().int(),
  /** Stored without bodies, since even their sealed form could not be stored. */
  bodies_lost: z.number().int(),
  /** Could not be processed; kept sealed. */
  quarantined: z.number().int(),
} satisfies Record<(typeof lossNames)[number], z.ZodType>);
export type Losses = z.infer<typeof lossesSchema>;

/** `since`: when counting began on this data folder; `last_at`: when the last loss was counted. */
export const earlierLossesSchema = lossesSchema.extend({ since: timestampSchema, last_at: timestampSchema });
export type EarlierLosses = z.infer<typeof earlierLossesSchema>;

export const healthSchema = z.object({
  /**
   * `degraded`: something does not work now, or something was lost since the start; `reasons` say what. What runs before this one
   * lost stands in `earlier_losses` and degrades nothing.
   */
  status: z.enum(['healthy', 'degraded']),
  reasons: z.array(healthReasonSchema),
  version: z.string(),
  uptime_s: z.number(),
  exchanges: z.object({
    /** Exchanges that began since start. */
    seen: z.number().int(),
    /** Committed to the store since start. */
    stored: z.number().int(),
    /** Finished and in the journal, not yet committed. */
    pending: z.number().int(),
    undecoded: z.number().int(),
    failed: z.number().int(),
  }),
  /** Since start. */
  losses: lossesSchema.extend({
    /** Connections of clients that spoke no HTTP; refused, nothing to capture. */
    client_protocol_errors: z.number().int(),
  }),
  /** By the runs before this one, for as long as the data folder is there; null where they lost nothing. */
  earlier_losses: earlierLossesSchema.nullable(),
});
export type Health = z.infer<typeof healthSchema>;

export const refusalSchema = z.object({
  host: z.string(),
  client: z.string(),
  count: z.number().int(),
  last_at: timestampSchema,
  /** What the client said: the TLS alert. */
  reason: z.string(),
  /** What to do, for this kind of client. */
  fix: z.string(),
  tunnelled: z.boolean(),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** How far behind the store is, for those who send to the API. */
export const backpressureSchema = z.object({
  /** Exchanges in the journal or on their way there that are not yet stored. */
  pending: z.number().int(),
  /** From here on the API refuses with 503 what would add to them. */
  limit: z.number().int(),
  /** Requests that were refused since start. */
  refused: z.number().int(),
  last_refused_at: timestampSchema.nullable(),
});
export type Backpressure = z.infer<typeof backpressureSchema>;

/** A connection of a process under `sluice run` that left the machine without the proxy. */
export const bypassSchema = z.object({
  command: z.string().max(64),
  address: z.string().max(64),
  port: z.number().int(),
  last_at: timestampSchema,
});
export type Bypass = z.infer<typeof bypassSchema>;

export const statusSchema = healthSchema.extend({
  pid: z.number().int(),
  data_dir: z.string(),
  proxy: z.string(),
  api: z.string(),
  ca_path: z.string(),
  node: z.string(),
  demo: z.boolean(),
  /** How its commands are called here; `data_dir` is null where they find this engine's folder by themselves. */
  command: z.object({ call: z.string(), data_dir: z.string().nullable() }),
  capture: z.object({
    in_flight: z.number().int(),
    tunnels_open: z.number().int(),
    tunnelled: z.number().int(),
    /** Response body bytes from upstreams and to clients; equal when nothing was altered or lost. */
    bytes_in: z.number(),
    bytes_out: z.number(),
    aborted: z.number().int(),
    truncated: z.number().int(),
    journal_bytes: z.number(),
    unknown_events: z.number().int(),
    /** Times that a wire format failed on an exchange and was passed over; the others were asked. */
    format_errors: z.number().int(),
    /** Threading rules that threw and were passed over. */
    rule_errors: z.number().int(),
  }),
  backpressure: backpressureSchema,
  first_exchange_at: timestampSchema.nullable(),
  refusals: z.array(refusalSchema),
  /** Seen during runs since start, the latest last; at most 200. */
  bypassed: z.array(bypassSchema),
  /** Why the policy file as it lies there is not what holds; empty where it is. */
  policy_problems: z.array(z.string()),
  /** Threads that were restarted after a crash. */
  restarts: z.object({ capture: z.number().int(), pipeline: z.number().int() }),
});
export type Status = z.infer<typeof statusSchema>;

export const tickTopics = [
  'exchanges',
  'traces',
  'live',
  'jobs',
  'settings',
  'reviews',
  'filters',
  'refusals',
  'health',
  'audit',
  'policy',
] as const;
export const tickSchema = z.object({ seq: z.number().int(), topics: z.array(z.enum(tickTopics)) });
export type Tick = z.infer<typeof tickSchema>;

export const savedFilterSchema = z.object({
  filter_id: idSchema,
  scope: z.enum(['traces', 'exchanges', 'tool_calls']),
  name: z.string().min(1).max(80),
  query: z.string().max(2000),
  created_at: timestampSchema,
});
export type SavedFilter = z.infer<typeof savedFilterSchema>;

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'paused', 'interrupted'] as const;
export const jobSchema = z.object({
  job_id: idSchema,
  kind: z.string(),
  title: z.string(),
  state: z.enum(jobStates),
  /** 0..1, null while the size is unknown. */
  progress: z.number().nullable(),
  /** How much is done of what, where the job counts something. */
  work: z.object({ done: z.number(), total: z.number().nullable(), unit: z.string() }).nullable(),
  message: z.string(),
  params: jsonSchema,
  result: jsonSchema.nullable(),
  error: errorRecordSchema.nullable(),
  created_at: timestampSchema,
  started_at: timestampSchema.nullable(),
  ended_at: timestampSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** A line of a job's log. */
export const jobLogLineSchema = z.object({
  /** Counts the lines of the job from 1. */
  seq: z.number().int().positive(),
  at: timestampSchema,
  level: z.enum(['info', 'warn', 'error']),
  text: z.string(),
  /** Run of tests that it tells of: it goes with the run’s trace. */
  run_id: idSchema.optional(),
});
export type JobLogLine = z.infer<typeof jobLogLineSchema>;

/** Characters of a query that the engine is asked; the parser has the same bound. */
export const longestQuery = 4000;

export const layoutIds = [
  'tool-calls',
  'openai-chat',
  'openai-preference',
  'openai-rft',
  'trl-messages',
  'trl-prompt-completion',
  'trl-preference',
  'trl-kto',
  'axolotl-chat',
  'axolotl-stepwise',
  'axolotl-kd',
  'llamafactory-v1',
  'llamafactory-sharegpt',
  'ms-swift',
  'verl-sft',
  'verl-rl',
  'skyrl',
  'openrlhf',
  'nemo-gym',
  'hermes',
  'xlam',
  'mistral',
  'gemini',
  'bedrock',
  'prm800k',
  'atif',
  'hf-traces',
  'harbor-task',
  'training-example',
  'conversation-example',
  'execution-trace',
  'pr-telemetry',
  'gold-trace',
  'decisions',
  'traces',
] as const;
/** Layouts that give one row for a trace: the trace can be asked for in them. */
export const traceShapes = ['execution-trace', 'pr-telemetry'] as const satisfies readonly (typeof layoutIds)[number][];
export type TraceShape = (typeof traceShapes)[number];
export const fileFormatIds = ['jsonl', 'parquet', 'csv', 'tfrecord', 'huggingface'] as const;
/** With what nobody chooses: `harbor` is of the layout harbor-task alone, which is written in no other. */
export const writtenFormatIds = [...fileFormatIds, 'harbor'] as const;
export type FileFormatId = (typeof writtenFormatIds)[number];
export const compressions = ['gzip', 'zstd'] as const;
/** What rows can be balanced by. */
export const balanceFields = ['domain', 'tool', 'model'] as const;

/** Traces that one request names at most. */
export const mostTraceIds = 10_000;
export const traceIdsSchema = z.array(idSchema).min(1).max(mostTraceIds);
/** So many as JSON, with what else stands beside them. */
export const traceIdsBytes = 500_000;

export const exportOptionsSchema = z.object({
  /** Whose examples the rows are made of; absent: what the layout takes by itself. */
  package: z.enum(packageIds).optional(),
  layout: z.enum(layoutIds),
  format: z.enum(writtenFormatIds),
  /** How files are packed; absent: as the format does. */
  compress: z.enum(compressions).optional(),
  /** Megabytes (10^6) after which a split goes on in another file; absent: as the format does. */
  shard_mb: z.number().positive().optional(),
  query: z.string().max(longestQuery).default(''),
  /** Only these of what the query finds. */
  trace_ids: traceIdsSchema.optional(),
  /** Split names and shares, e.g. {train: 0.9, test: 0.1}; shares sum to 1. A trace is never torn apart. */
  split: z.record(z.string().regex(/^[a-z0-9_-]{1,32}$/), z.number().positive().max(1)).optional(),
  seed: z.number().int().default(0),
  /** Whose rules the rows are checked by; absent: none's. */
  trainer: z.enum(trainerIds).optional(),
  /** How long rows may be for the trainer, and what counts it; absent: as long as they are. */
  context: z
    .object({
      tokens: z.int().positive(),
      /** An encoding of gpt-tokenizer, or the path of a tokenizer.json. */
      tokenizer: z.string().min(1).max(4096).default('o200k_base'),
    })
    .optional(),
  /** What rows carry of the answers' reasoning; absent: what the layout does by itself. */
  reasoning: reasoningSchema.optional(),
  /** Where subagents go; absent: what the layout does by itself. */
  subagents: subagentPlaceSchema.optional(),
  /** Absent: every row is as it was captured. */
  augment: augmentationSchema.optional(),
  /** Where tasks begin; absent: at each answer of the agent. */
  forks: forksSchema.optional(),
  /** Absent: for training, by the policy's rules, with consents in the rows. */
  consent: consentOptionsSchema.optional(),
  /** Absent: as strict as the project. */
  policy: exportPolicySchema.optional(),
  /** Absent: fresh. */
  pseudonyms: z.enum(exportPseudonyms).optional(),
  /** Groups of traces are capped at the size of the median one. */
  balance: z.array(z.enum(balanceFields)).min(1).optional(),
  /** Files of texts that must not be learned (benchmarks): traces that share `words` words in a row with them are left out. */
  against: z
    .object({
      files: z.array(z.string().min(1).max(4096)).min(1).max(100),
      words: z.number().int().min(3).max(100).default(13),
    })
    .optional(),
  /** Absent: an export without a name. */
  dataset: datasetVersionNameSchema.optional(),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/** What a dataset with a name is made of: every version is built by it. */
export const datasetDefinitionSchema = exportOptionsSchema.omit({ package: true, layout: true, dataset: true }).extend({
  packages: z
    .array(z.enum(packageIds))
    .default([])
    .describe('What is learned from; empty: what the layouts take by themselves'),
  layouts: z.array(z.enum(layoutIds)).default([]).describe('Row shapes; empty: those of the packages'),
});
export type DatasetDefinition = z.infer<typeof datasetDefinitionSchema>;

/** What a query finds, or with `trace_ids` only these of it. */
export type WantedTraces = Pick<ExportOptions, 'query' | 'trace_ids'>;

export const exportResultSchema = z.object({
  /** Absolute folder. */
  out: z.string(),
  files: z.array(z.object({ name: z.string(), rows: z.number().int(), bytes: z.number().int(), sha256: z.string() })),
  traces: z.number().int(),
  rows: z.number().int(),
  /** What was ordered too and is not there; absent where there is none such. */
  empty: z.array(emptyPartSchema).optional(),
  /** Traces that gave no row, and why; with `branches`, so many branches of a trace whose others gave rows. */
  skipped: z.array(z.object({ trace_id: idSchema, reason: z.string(), branches: z.number().int().optional() })),
  /** How many traces and branches were left out; `skipped` names the first 1000. */
  skipped_count: z.number().int().optional(),
  /** What a second look at the written files gave; absent in results of older versions. */
  leaks: leakSummarySchema.optional(),
});
export type ExportResult = z.infer<typeof exportResultSchema>;

export const exportPreviewSchema = z.object({
  /** At most 20 rows as the file would hold them. */
  rows: z.array(jsonSchema),
  traces: z.number().int(),
  /** Traces that give no row, among those looked at, and how many of them for each reason. */
  skipped: z.number().int(),
  reasons: z.record(z.string(), z.number().int()),
  /** Branches that are left out of traces that give rows, by reason; absent where there is none. */
  branches: z.record(z.string(), z.number().int()).optional(),
  /** Traces looked at before time was up; all of them where it is `traces`. What follows counts in these. */
  looked_at: z.number().int(),
  /** Traces among these so long that only their beginning was looked at, as if they had ended there; absent where there is none. */
  beginnings: z.number().int().optional(),
  /** Examples that were chosen; null where rows are of traces. */
  examples: z.number().int().nullable(),
  rows_found: z.number().int(),
  /** Time was up within the last trace that was looked at: it may give more rows. */
  last_cut: z.literal(true).optional(),
  /** What the trainer that is named would do to these rows; null where none is. */
  trainer: trainerReportSchema.nullable(),
});
export type ExportPreview = z.infer<typeof exportPreviewSchema>;

/** One copyable way of pointing a client at the proxy. */
export const snippetSchema = z.object({
  id: z.string(),
  group: z.enum(['run', 'shell', 'sdk', 'agent']),
  title: z.string(),
  language: z.enum(['sh', 'fish', 'powershell', 'python', 'typescript', 'text']),
  code: z.string(),
  note: z.string(),
});
export type Snippet = z.infer<typeof snippetSchema>;

/** What became of one imported file. */
/**
 * The texts of a file in bytes of UTF-8, those within JSON texts too: each was stored, or stands under a reason. What an import
 * before stored counts as stored.
 */
export const importTextSchema = z.object({
  bytes: z.number().int(),
  stored: z.number().int(),
  /** Largest first; at most 41. */
  skipped: z.array(z.object({ reason: z.string(), bytes: z.number().int(), count: z.number().int() })),
});
/** The reason of what stands in fields of ours in another form: nobody's words. */
export const formatWords = 'ids, times and words of the format';
export type ImportText = z.infer<typeof importTextSchema>;

export const importReportSchema = z.object({
  importer: z.string(),
  file: z.string(),
  taken: z.object({
    records: z.number().int(),
    exchanges: z.number().int(),
    /** New model calls; a call that was captured before only gets a witness. */
    calls: z.number().int(),
    /** Traces that the file belongs to, those included that were there before. */
    traces: z.number().int(),
  }),
  /** Records and exchanges that were stored before. */
  duplicates: z.number().int(),
  skipped_count: z.number().int(),
  /** The first 1,000. */
  skipped: z.array(z.object({ where: z.string(), reason: z.string() })),
  /** Places where the file was not whole and how they were read; the first 1,000 of `mended_count`. */
  mended_count: z.number().int().optional(),
  mended: z.array(z.object({ where: z.string(), reason: z.string() })).optional(),
  /** The first 1,000. */
  trace_ids: z.array(idSchema),
  /** Absent where the file's texts cannot be told apart. */
  text: importTextSchema.optional(),
  /** Summary of the validation of these traces; null where none was made. */
  validation: jsonSchema.nullable(),
});
export type ImportReport = z.infer<typeof importReportSchema>;
