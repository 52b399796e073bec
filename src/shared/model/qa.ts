import * as z from 'zod';
import { patchSchema } from '../patch.js';
import { idSchema, timestampSchema } from './common.js';

/** Tests of a repository, run in a closed place before and after a change. */

/** How one test of one run ended; `missing`: the run's report does not name it. */
export const testOutcomes = ['passed', 'failed', 'error', 'skipped', 'missing'] as const;
export type TestOutcome = (typeof testOutcomes)[number];

/** What a test's outcomes over all runs come to. Flaky: its runs of one side do not agree. Skipped: on both sides, or new. */
export const testClasses = ['fail_to_pass', 'pass_to_pass', 'stable_fail', 'stable_pass', 'flaky', 'skipped'] as const;
export type TestClass = (typeof testClasses)[number];

export const qaVerdicts = [
  'passed',
  'failed',
  /** Nothing shows that tests ran. */
  'no_evidence',
  /** Image, installation, memory, disk or engine: not the tests. */
  'environment',
  'timeout',
] as const;
export type QaVerdict = (typeof qaVerdicts)[number];

/** What decided: a machine-readable report, the words of the output, or the exit code alone. */
export const qaTiers = ['report', 'output', 'exit_code'] as const;
export type QaTier = (typeof qaTiers)[number];

/** How far the newest run of a trace is. */
export const qaStatuses = ['none', 'pending', 'running', 'done', 'failed'] as const;
export type QaStatus = (typeof qaStatuses)[number];

/** Frameworks of tests by their ids: what may be named for a run. */
export const qaFrameworks = [
  'pytest',
  'unittest',
  'vitest',
  'jest',
  'mocha',
  'node-test',
  'go-test',
  'nextest',
  'cargo-test',
  'maven',
  'gradle',
  'rspec',
  'phpunit',
  'dotnet',
  'ctest',
  'tap',
  'exit-code',
] as const;
export type QaFramework = (typeof qaFrameworks)[number];

/** What marks the step and the score of a run of ours in its trace: `data.source` of the one, `rubric_id` of the other. */
export const ownTests = { source: 'sluice', rubric: 'sluice-qa' } as const;

export const qaSides = ['base', 'fixed'] as const;
export type QaSide = (typeof qaSides)[number];

const argvSchema = z.array(z.string().min(1).max(4096)).min(1).max(200);

/** What a run may use; see `SandboxLimits`. */
export const qaLimitsSchema = z.strictObject({
  memory_mb: z.int().min(64).max(262_144).default(2048),
  cpus: z.number().min(0.1).max(256).default(2),
  pids: z.int().min(16).max(100_000).default(512),
  tmp_mb: z.int().min(1).max(65_536).default(512).describe('Size of /tmp'),
  work_mb: z.int().min(1).max(262_144).default(1024).describe('Size of the folder that the repository lies in'),
  seconds: z.int().min(1).max(86_400).default(300).describe('Until a run is ended'),
  output_kb: z.int().min(4).max(65_536).default(1024).describe('Of the output that is kept: its first and last halves'),
});
export type QaLimits = z.infer<typeof qaLimitsSchema>;

/** How often the tests run on either side. */
export const qaRepeatSchema = z.strictObject({
  base: z.int().min(1).max(20).default(2),
  fixed: z.int().min(1).max(20).default(3),
});
export type QaRepeat = z.infer<typeof qaRepeatSchema>;

export const missingEngineChoices = ['fail', 'wait'] as const;

/** A command: an argument vector, or text that is split like a shell does, without its operators. */
export const qaCommandSchema = z
  .union([z.string().min(1).max(4096), argvSchema])
  .describe('An argument vector; text is split like a shell does, operators are refused');

/** What somebody may say of one run. What is not said is the repository's, else the settings'. */
const saidOfRun = {
  commit_before: z.string().min(1).max(256).optional(),
  commit_after: z.string().min(1).max(256).optional(),
  test_command: qaCommandSchema.optional(),
  framework: z.string().min(1).max(40).optional().describe('Else it is detected'),
  repeat: patchSchema(qaRepeatSchema).optional(),
  timeout_s: z.int().min(1).max(86_400).optional().describe('Until a run is ended'),
};

/** What POST /traces/:id/finalize may say of the tests. */
export const finalizeQaSchema = z.strictObject(saidOfRun);
export type FinalizeQa = z.infer<typeof finalizeQaSchema>;
/** What it may say of the judge. */
export const finalizeJudgeSchema = z.strictObject({
  profile: z.string().min(1).max(100).optional().describe('Model profile'),
});

export const qaOptionsSchema = z.strictObject({
  ...saidOfRun,
  repo: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      'Absolute path on the engine’s machine: a folder, or a tar (.tar, .tar.gz); else the one that the settings name',
    ),
  repo_after: z.string().min(1).max(4096).optional().describe('The same after the change, where there are no commits'),
  image: z.string().min(1).max(255).optional().describe('Image that the engine of containers has'),
  prepare: z.array(argvSchema).max(20).optional().describe('Commands that lay what tests need into the image'),
  allow_network_in_prepare: z.boolean().default(false).describe('For this run’s preparation alone'),
  runtime: z.string().min(1).max(40).optional().describe('An OCI runtime that the engine knows, such as runsc'),
  limits: patchSchema(qaLimitsSchema).optional(),
  missing_engine: z.enum(missingEngineChoices).optional().describe('What a run does where no engine answers'),
  prove_task: z
    .boolean()
    .optional()
    .describe(
      'Makes a Harbor task of what the run used, and tries it: its tests fail before the change, and pass with it',
    ),
});
export type QaOptions = z.infer<typeof qaOptionsSchema>;

/** What a run was made with, all of it decided. */
export const qaSettingsSchema = z.object({
  test_command: argvSchema,
  framework: z.string().nullable().describe('As it was named; null: detected'),
  repeat: qaRepeatSchema,
  image: z.string(),
  /** Content id of what tests ran in, once it is prepared. */
  image_id: z.string().nullable(),
  prepare: z.array(argvSchema),
  network_in_prepare: z.boolean(),
  runtime: z.string().nullable(),
  limits: qaLimitsSchema,
  missing_engine: z.enum(missingEngineChoices),
  env: z.record(z.string(), z.string()),
});
export type QaSettings = z.infer<typeof qaSettingsSchema>;

/** What was tested. */
export const qaRepositorySchema = z.object({
  kind: z.enum(['git', 'folder', 'archive']),
  /** Name or address that the trace has for it, else the last part of its path. */
  name: z.string(),
  /** Full names of the commits; null where the working folder or an archive stands in their place. */
  commit_before: z.string().nullable(),
  commit_after: z.string().nullable(),
});
export type QaRepository = z.infer<typeof qaRepositorySchema>;

export const qaTestSchema = z.object({
  id: z.string(),
  base: z.array(z.enum(testOutcomes)),
  fixed: z.array(z.enum(testOutcomes)),
  class: z.enum(testClasses),
});
export type QaTest = z.infer<typeof qaTestSchema>;

/** One time that the tests ran. */
export const qaAttemptSchema = z.object({
  side: z.enum(qaSides),
  /** The change, with tests, configuration and CI files as they were before it. */
  restored: z.boolean(),
  /** Counts from 1 within its side. */
  n: z.int(),
  exit_code: z.int().nullable(),
  ended_by: z.enum(['itself', 'timeout', 'memory', 'cancel', 'engine']),
  tier: z.enum(qaTiers),
  /** Whether something shows that tests ran. */
  evidence: z.boolean(),
  collection_error: z.string().nullable(),
  counts: z.record(z.enum(testOutcomes), z.int()),
  seconds: z.number(),
  dropped_bytes: z.int(),
});
export type QaAttempt = z.infer<typeof qaAttemptSchema>;

/** How the edits that a trace tells, laid onto commit_before, compare with commit_after. */
export const editsComparedSchema = z.object({
  /** same: they give commit_after; other: they give something else; unfit: they do not fit commit_before; none: it tells none. */
  result: z.enum(['same', 'other', 'unfit', 'none']),
  detail: z.string(),
  files: z.array(
    z.object({ path: z.string(), state: z.enum(['same', 'differs', 'only_edited', 'only_after', 'unfit']) }),
  ),
});
export type EditsCompared = z.infer<typeof editsComparedSchema>;

/** A run as lists show it. */
export const qaRunSummarySchema = z.object({
  run_id: idSchema,
  trace_id: idSchema.nullable(),
  job_id: idSchema.nullable(),
  state: z.enum(qaStatuses).exclude(['none']),
  created_at: timestampSchema,
  started_at: timestampSchema.nullable(),
  ended_at: timestampSchema.nullable(),
  verdict: z.enum(qaVerdicts).nullable(),
  tests_passed: z.boolean().nullable(),
  test_exit_code: z.int().nullable(),
  framework: z.string().nullable(),
  tier: z.enum(qaTiers).nullable(),
  counts: z.record(z.enum(testClasses), z.int()),
  tests_edited: z.array(z.string()),
  /** The verdict with tests, configuration and CI files as they were before; null where none of them was edited. */
  restored_verdict: z.enum(qaVerdicts).nullable(),
  image: z.string().nullable(),
  repository: qaRepositorySchema.nullable(),
  seconds: z.number().nullable(),
  /** What it came to in words; why there is no verdict where there is none. */
  reason: z.string().nullable(),
});
export type QaRunSummary = z.infer<typeof qaRunSummarySchema>;

const taskFileSchema = z.strictObject({
  path: z.string(),
  text: z.string().nullable().describe('Null: there is no such file'),
  executable: z.boolean(),
});
const taskVariableSchema = z.strictObject({ name: z.string(), value: z.string() });

/** What a Harbor task is made of: what a run of tests used, whose texts have passed the gate. */
export const taskPartsSchema = z.strictObject({
  image: z.string(),
  image_id: z.string().nullable().describe('Content id of what its tests ran in'),
  env: z.array(taskVariableSchema),
  prepare: z.array(z.strictObject({ argv: argvSchema })).describe('Commands that lay what tests need into the image'),
  dependencies: z.array(z.string()).describe('Files that these read'),
  test_command: argvSchema.describe('With the report that it writes'),
  test_env: z.array(taskVariableSchema),
  tests: z.array(taskFileSchema).describe('Files of tests as they are after the change'),
  solution: z.array(taskFileSchema).describe('The other files of the change'),
});
export type TaskParts = z.infer<typeof taskPartsSchema>;

/** One file of a task, below its folder. */
export interface TaskFile {
  path: string;
  text: string;
  /** Scripts are run. */
  script?: true;
}

export const taskProofs = ['proven', 'refuted', 'not_proven'] as const;

/** One time that a task's tests/test.sh ran. */
const taskTurnSchema = z.strictObject({
  exit_code: z.int().nullable().describe('Of the tests’ own command'),
  reward: z.string().nullable().describe('What was written into reward.txt'),
  seconds: z.number(),
});

/** Whether a task’s tests/ fail at commit_before and pass with its solution/, as it was tried. */
export const qaTaskSchema = z.strictObject({
  state: z.enum(taskProofs),
  /** One sentence. */
  reason: z.string(),
  parts: taskPartsSchema.nullable(),
  /** SHA-256 over what tests/ and solution/ hold. */
  files_hash: z.string().nullable(),
  fail_to_pass: z.array(z.string()),
  pass_to_pass: z.array(z.string()),
  before: taskTurnSchema.nullable(),
  after: taskTurnSchema.nullable().describe('With solution/'),
});
export type QaTask = z.infer<typeof qaTaskSchema>;

/** A whole run: what `sluice qa --json` and GET /qa/runs/:id answer. */
export const qaRunSchema = qaRunSummarySchema.extend({
  tests: z.array(qaTestSchema),
  settings: qaSettingsSchema.nullable(),
  output_snippet: z.string().nullable(),
  attempts: z.array(qaAttemptSchema),
  restored: z.object({ verdict: z.enum(qaVerdicts), reason: z.string(), tests: z.array(qaTestSchema) }).nullable(),
  edits: editsComparedSchema.nullable(),
  /** The same by hand. */
  by_hand: z.string().nullable(),
  /** The Harbor task that was made of it; null where none was asked for. */
  task: qaTaskSchema.nullable(),
});
export type QaRun = z.infer<typeof qaRunSchema>;

export const prerequisiteSchema = z.object({
  id: z.string(),
  title: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  /** What to do; null where it is in order. */
  next: z.string().nullable(),
});
export const qaDoctorSchema = z.object({ ok: z.boolean(), prerequisites: z.array(prerequisiteSchema) });
export type QaDoctor = z.infer<typeof qaDoctorSchema>;

/** What a job of kind `qa` came to. */
export const qaJobResultSchema = z.object({
  runs: z.array(
    z.object({
      run_id: idSchema,
      trace_id: idSchema.nullable(),
      verdict: z.enum(qaVerdicts).nullable(),
      reason: z.string().nullable(),
    }),
  ),
  verdicts: z.record(z.string(), z.int()).describe('How many runs came to each verdict; `none` without one'),
});
export type QaJobResult = z.infer<typeof qaJobResultSchema>;

/** Where a repository lies on this machine, and how it is tested. */
export const localRepositorySchema = z.strictObject({
  repo: z.string().min(1).max(2000).describe('Name or address, as traces have it'),
  path: z.string().min(1).max(4096).describe('Absolute path of a clone, a folder or a tar'),
  test_command: qaCommandSchema.optional(),
  framework: z.string().min(1).max(40).optional(),
  image: z.string().min(1).max(255).optional(),
  prepare: z.array(argvSchema).max(20).optional(),
});
export type LocalRepository = z.infer<typeof localRepositorySchema>;

/** `qa` of the settings. */
export const qaDefaultsSchema = z.strictObject({
  image: z.string().min(1).max(255).nullable().default(null).describe('Image for repositories that name none'),
  runtime: z.string().min(1).max(40).nullable().default(null),
  repeat: qaRepeatSchema.prefault({}),
  limits: qaLimitsSchema.prefault({}),
  at_once: z.int().min(1).max(32).default(1).describe('Runs at once'),
  missing_engine: z.enum(missingEngineChoices).default('fail'),
  on_finalize: z.boolean().default(true).describe('Whether POST /traces/:id/finalize runs the tests'),
  repositories: z.array(localRepositorySchema).max(500).default([]),
});
export type QaDefaults = z.infer<typeof qaDefaultsSchema>;

/** An address that hears of jobs that are over. */
export const webhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  kinds: z.array(z.string().min(1).max(40)).min(1).max(40).default(['finalize', 'qa']).describe('Kinds of jobs'),
});
export type Webhook = z.infer<typeof webhookSchema>;
