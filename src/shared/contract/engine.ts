import * as z from 'zod';
import {
  auditActions,
  auditEntrySchema,
  auditVerdictSchema,
  bypassSchema,
  captureHealthSchema,
  consentPatchSchema,
  effectSchema,
  idSchema,
  inFlightSchema,
  jobSchema,
  listTitlesSchema,
  lossesSchema,
  pageSchema,
  statusSchema,
  validationSummarySchema,
} from '../model/index.js';
import { profileNameSchema } from '../model/language-models.js';
import { absolutePath, nothing, oneLine, page, paged, queryText } from './inputs.js';
import { command, query } from './operation.js';

export const statusContract = {
  get: query({
    scope: 'read',
    summary: 'What the engine does: addresses, counters, refused clients',
    input: nothing,
    output: statusSchema,
  }),
  acknowledgeLosses: command({
    scope: 'admin',
    summary: 'Takes note of what earlier runs lost',
    description: 'It is no longer shown; what is lost from then on is. The audit log keeps how much it was.',
    input: nothing,
    output: z.object({ acknowledged: lossesSchema.nullable().describe('Null where there was nothing') }),
    audited: (_, { acknowledged }) =>
      acknowledged && { action: 'losses_acknowledged', target: 'losses', details: { ...acknowledged } },
  }),
};

/** What can be extended, and how it is called. */
export const listsContract = {
  titles: query({
    scope: 'read',
    summary: 'The entries of every list, in their order',
    input: nothing,
    output: listTitlesSchema,
  }),
};

export const liveContract = {
  inFlight: query({ scope: 'read', summary: 'Exchanges under way', input: nothing, output: z.array(inFlightSchema) }),
};

/** What the store holds and how well it could be read. */
export const captureHealthContract = {
  get: query({
    scope: 'read',
    summary: 'Whether anything was lost',
    input: nothing,
    output: captureHealthSchema,
  }),
  unclaimedEffects: query({
    scope: 'read',
    summary: 'What was sent over the wire without a captured model asking for it, newest first',
    input: paged,
    output: pageSchema(effectSchema),
  }),
};

/** What was done to the data and by whom: read, never written, from outside. */
export const auditLogContract = {
  list: query({
    scope: 'admin',
    summary: 'Entries of the audit log, newest first',
    input: z.object({
      actions: z.array(z.enum(auditActions)).max(auditActions.length).optional().describe('Only these'),
      ...page,
    }),
    output: pageSchema(auditEntrySchema),
  }),
  verify: query({
    scope: 'admin',
    summary: 'Whether the audit log is whole',
    description: 'Goes through all of it. The first thing that is wrong is in `problem`.',
    input: nothing,
    output: auditVerdictSchema,
  }),
};

const label = oneLine.nullable().default(null);
/** Characters of a prompt. */
export const longestPrompt = 100_000;

/** `sluice run` beside a running engine: a proxy port of its own, whose exchanges carry the run's session. */
export const runsContract = {
  start: command({
    scope: 'admin',
    summary: 'Opens a proxy port for one run',
    input: z.object({
      session: z.string().min(1).max(200).nullable().default(null),
      scenario: label.describe('What its traces are made for'),
      mode: label.describe('EXECUTION, SIMULATION or OPTIMIZATION'),
      prompt_id: label.describe('Which prompt of a list it is for; it stands in the metadata of its traces'),
      profile: profileNameSchema
        .nullable()
        .default(null)
        .describe('Model profile that was agreed to: the gateway of the run leads to it at /profile'),
      consent: consentPatchSchema
        .nullable()
        .default(null)
        .describe('Of the traces that the run opens; what it leaves out is as the settings’ default has it'),
      pid: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .describe('The process on this machine that the run is for: once it is gone, the run is ended'),
      host: z.string().min(1).max(253).nullable().default(null).describe('Address of the port; null: the proxy’s own'),
      port: z.int().min(0).max(65_535).default(0).describe('0 takes a free one'),
      trace_output: absolutePath
        .nullable()
        .default(null)
        .describe('File on this machine that each finished tool call of the run is appended to, in the standard shape'),
    }),
    output: z.object({ run_id: idSchema, proxy: z.string() }),
    audited: ({ trace_output }, { run_id }) =>
      trace_output === null
        ? null
        : { action: 'export_written', target: run_id, details: { layout: 'tool-calls', appended: true } },
  }),
  ask: command({
    scope: 'admin',
    summary: 'Asks the model of the run’s profile through its proxy, so that it is captured like any other',
    description: 'One request, in words and without tools. What the policy hides is hidden before it is sent.',
    input: z.object({
      run_id: idSchema,
      prompt: z.string().min(1).max(longestPrompt),
      system: z.string().min(1).max(longestPrompt).nullable().default(null),
      max_tokens: z.int().min(1).max(1_000_000).default(4096),
      temperature: z.number().min(0).max(2).nullable().default(null),
      account: idSchema.describe('What pays: calls of one account share its budget'),
      budget_usd: z.number().min(0).nullable().default(null),
    }),
    inputBytes: 1_000_000,
    output: z.object({ text: z.string(), model: z.string(), cost_usd: z.number().nullable() }),
  }),
  end: command({
    scope: 'admin',
    summary: 'Closes the port, waits until all is stored, says what the run gave',
    input: z.object({
      run_id: idSchema,
      bypassed: z.array(bypassSchema).max(200).default([]).describe('What was seen past the proxy meanwhile'),
      exit_code: z
        .int()
        .min(0)
        .max(0xffff_ffff)
        .nullable()
        .default(null)
        .describe('How what ran ended; it stands in the metadata of its traces'),
    }),
    output: z.object({
      exchanges: z.int(),
      calls: z.int(),
      tool_calls: z.int(),
      trace_ids: z.array(idSchema),
      validation: validationSummarySchema,
      trace_output: z
        .object({ rows: z.int(), complete: z.boolean() })
        .nullable()
        .describe('Rows that were appended, and whether all could be'),
    }),
  }),
};

export const validationContract = {
  start: command({
    scope: 'read',
    summary: 'Starts a check of all traces that a query finds',
    description: 'Follow it at /jobs/{job_id}; its result counts by code and names the first 100 invalid traces.',
    input: z.object({ query: queryText }),
    output: jobSchema,
  }),
};

/** JSON Schemas of the public shapes, generated from the schemas that also validate. */
export const schemasContract = {
  list: query({
    scope: 'read',
    summary: 'The public shapes',
    input: nothing,
    output: z.array(z.object({ name: z.string(), version: z.int(), title: z.string(), id: z.string() })),
  }),
  get: query({
    scope: 'read',
    summary: 'The JSON Schema of a shape',
    description: 'JSON Schema, draft 2020-12. A change that breaks readers counts the version in `$id` up.',
    input: z.object({ name: z.string().max(100) }),
    output: z.looseObject({}),
  }),
};
