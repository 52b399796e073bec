import * as z from 'zod';
import { errorRecordSchema, idSchema, jobSchema, jsonSchema, pageSchema, timestampSchema } from '../model/index.js';
import {
  choiceSchema,
  domainNames,
  generationSchema,
  liveFiguresSchema,
  quotasSchema,
  retrievalShareSchema,
  reviewedSampleSchema,
  runFormat,
} from '../model/oracle.js';
import { absolutePath, nothing, paged } from './inputs.js';
import { importNote } from './intake.js';
import { command, query } from './operation.js';

export const domainRowSchema = z.object({
  domain: z.string(),
  title: z.string(),
  tools: z.int(),
  intents: z.int(),
  rules: z.int(),
});
export type DomainRow = z.infer<typeof domainRowSchema>;

/** A domain as whoever makes traces of it reads it. */
export const domainSchema = domainRowSchema.pick({ domain: true, title: true }).extend({
  about: z.string(),
  tools: z.array(
    z.object({
      tool_id: z.string(),
      about: z.string(),
      effect: z.enum(['read', 'write', 'external']),
      tier: z.string().describe('Sensitivity of what it gives'),
      arguments: z.array(z.object({ name: z.string(), required: z.boolean() })),
    }),
  ),
  intents: z.array(
    z.object({ name: z.string(), category: z.string(), goals: z.array(z.string()), because: z.array(z.string()) }),
  ),
  rules: z.array(z.object({ kind: z.string(), says: z.string() })),
});
export type ShownDomain = z.infer<typeof domainSchema>;

/** A run as lists show it; the job that it is has the same id. */
const runSchema = z.object({
  run_id: idSchema,
  state: jobSchema.shape.state,
  progress: jobSchema.shape.progress,
  message: z.string(),
  /** How many were asked for. */
  total: z.int(),
  domains: z.array(z.string()),
  seed: z.int(),
  /** So far, and in the end. */
  validated: z.int(),
  /** Null until it is done. */
  failed: z.int().nullable(),
  seconds: z.number().nullable(),
  rate: z.number().nullable().describe('Traces a second'),
  error: errorRecordSchema.nullable(),
  created_at: timestampSchema,
  ended_at: timestampSchema.nullable(),
});
export type OracleRun = z.infer<typeof runSchema>;
const ofRun = z.object({ run_id: idSchema });

const ordered = generationSchema
  .extend({
    total: z.int().min(1).max(100_000_000).optional().describe('How many'),
    sample: z.literal(true).optional().describe('100 traces over 5 domains, where nothing else is said'),
    domains: domainNames,
    domains_folder: absolutePath.optional().describe('A folder with domains of your own, beside those that come along'),
    quotas: quotasSchema.optional(),
    format: runFormat.default('jsonl'),
    retrieval: retrievalShareSchema.optional(),
    seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(1).describe('The same seed makes the same files'),
  })
  .refine(({ total, sample }) => total !== undefined || sample !== undefined, {
    path: ['total'],
    error: 'Say how many: `total`, or `sample`.',
  });

export type Ordered = z.infer<typeof ordered>;

/** Gold traces: the domains that they are of, runs that write them, and what of these comes into the store. */
export const oracleContract = {
  domains: query({
    scope: 'read',
    summary: 'Domains that gold traces can be made of',
    input: nothing,
    output: z.array(domainRowSchema),
  }),
  domain: query({
    scope: 'read',
    summary: 'A domain: its tools, its intents, and the rules that requests stand under',
    input: z.object({ domain: z.string().min(1).max(100).describe('Its id, or its title') }),
    output: domainSchema,
  }),
  start: command({
    scope: 'admin',
    summary: 'Writes gold traces to a folder of the data folder, as a job',
    description:
      'The run has the id of its job. One runs at a time, on threads of its own; one that was cut off goes on.',
    input: ordered,
    output: jobSchema,
    audited: ({ generator, profile, reviewers, budget_usd }, { job_id }) => ({
      action: 'oracle_started',
      target: job_id,
      details: { generator, profile: profile ?? null, reviewers, budget_usd },
    }),
  }),
  pause: command({
    scope: 'admin',
    summary: 'Stops a run until it is resumed; its files stay',
    input: ofRun,
    output: jobSchema,
    audited: ({ run_id }) => ({ action: 'oracle_paused', target: run_id }),
  }),
  resume: command({
    scope: 'admin',
    summary: 'Goes on with a run that was paused, cancelled or failed, or that its budget stopped',
    description:
      'The same run goes on: its id, its folder and its files stay, and what is whole is not made again. One that waits or runs stays as it is.',
    input: ofRun.extend({
      budget_usd: generationSchema.shape.budget_usd
        .unwrap()
        .optional()
        .describe('What may be spent in all from now on, with what was; left out: as before'),
    }),
    output: jobSchema,
    audited: ({ run_id, budget_usd }) => ({
      action: 'oracle_resumed',
      target: run_id,
      ...(budget_usd === undefined ? {} : { details: { budget_usd } }),
    }),
  }),
  forecast: query({
    scope: 'read',
    summary: 'What a run by models would cost at most; sends nothing',
    input: ordered,
    output: z.object({
      traces: z.int(),
      /** Where every answer is one of the first. */
      calls: z.int(),
      most_usd: z.number().nullable().describe('Null where a profile has no prices'),
    }),
  }),
  runs: query({
    scope: 'read',
    summary: 'Runs that write gold traces, newest first',
    input: paged,
    output: pageSchema(runSchema),
  }),
  run: query({
    scope: 'read',
    summary: 'A run, its manifest and its report',
    input: ofRun,
    output: runSchema.extend({
      manifest: jsonSchema.describe('Null before it has begun'),
      report: jsonSchema.describe('As `sluice oracle run --json` prints it; null until it is done'),
      live: liveFiguresSchema.nullable().describe('How it stands, while it is under way'),
      samples: z.array(reviewedSampleSchema).describe('Samples that people review, with the share that they discard'),
      folder: z.string().describe('Where its files are on this machine'),
    }),
  }),
  bring: command({
    scope: 'admin',
    summary: 'Brings chosen traces of a run into the store, as an import',
    input: ofRun.extend(choiceSchema.shape),
    output: jobSchema,
    audited: (_, { job_id }) => importNote(job_id, 'gold-trace'),
  }),
  sample: command({
    scope: 'admin',
    summary: 'Draws traces of a run, brings them into the store and makes a review queue of them',
    description:
      'The same size and seed draw the same traces. A person accepts or rejects each; the share that is rejected stands with the run.',
    input: ofRun.extend({
      size: z.int().min(1).max(10_000).default(100),
      seed: z
        .int()
        .min(0)
        .max(2 ** 31 - 1)
        .default(1),
    }),
    output: jobSchema,
    audited: (_, { job_id }) => importNote(job_id, 'gold-trace'),
  }),
  bringFolder: command({
    scope: 'admin',
    summary: 'The same of a folder of this machine that `sluice oracle run` wrote',
    input: choiceSchema.extend({ path: absolutePath }),
    output: jobSchema,
    audited: (_, { job_id }) => importNote(job_id, 'gold-trace'),
  }),
};
