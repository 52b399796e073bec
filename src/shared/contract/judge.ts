import * as z from 'zod';
import {
  brokenRubricSchema,
  idSchema,
  jobSchema,
  judgeForecastSchema,
  judgementSchema,
  judgementSentSchema,
  judgeOptionsSchema,
  listedRubricSchema,
  pageSchema,
  pairJudgementSchema,
  pairSentSchema,
  probeKindSchema,
  reductionSchema,
  rubricIdSchema,
  traceIdsBytes,
  trustSchema,
} from '../model/index.js';
import { nothing, ofTrace, page, pickedTraces, queryText } from './inputs.js';
import { command, query } from './operation.js';

const yaml = z.string().min(1).max(100_000).describe('The rubric as YAML: docs/judges.md has its fields');
const ofRubric = z.object({ rubric: rubricIdSchema });
const which = judgeOptionsSchema.extend({ query: queryText, trace_ids: pickedTraces });
const oneProfile = judgeOptionsSchema.shape.profiles.element;

/** What judges are asked. */
export const rubricsContract = {
  list: query({
    scope: 'read',
    summary: 'Rubrics, with the files of the data folder that are none',
    input: nothing,
    output: z.object({ items: z.array(listedRubricSchema), broken: z.array(brokenRubricSchema) }),
  }),
  get: query({ scope: 'read', summary: 'A rubric', input: ofRubric, output: listedRubricSchema }),
  text: query({
    scope: 'read',
    summary: 'A rubric as YAML, to begin one of your own with',
    input: ofRubric,
    output: z.object({ yaml: z.string() }),
  }),
  check: query({
    scope: 'read',
    summary: 'Whether a text is a rubric; every problem with its field',
    input: z.object({ yaml }),
    output: z.object({ rubric: listedRubricSchema.nullable(), problems: z.array(z.string()) }),
  }),
  save: command({
    scope: 'admin',
    summary: 'Makes or changes a rubric of your own, a file of the data folder',
    description: 'What it says stays the same under one version: a change takes a version of its own.',
    input: z.object({ yaml }),
    inputBytes: 128_000,
    output: listedRubricSchema,
    audited: (_, { rubric, hash }) => ({
      action: 'rubric_changed',
      target: rubric.id,
      details: { version: rubric.version, hash },
    }),
  }),
  remove: command({
    scope: 'admin',
    summary: 'Removes a rubric of your own; judgements by it stay',
    input: ofRubric,
    output: z.object({ removed: z.boolean() }),
    audited: ({ rubric }, { removed }) =>
      removed ? { action: 'rubric_changed', target: rubric, details: { removed } } : null,
  }),
  preview: query({
    scope: 'read',
    summary: 'The prompt that a rubric makes of a trace; sends nothing',
    description: '`yaml`: of a rubric that is not saved yet.',
    input: ofTrace.extend({ rubric: rubricIdSchema.optional(), yaml: yaml.optional() }),
    output: z.object({
      rubric: z.string(),
      version: z.string(),
      messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
      reduction: reductionSchema,
      /** Why nothing would be sent; null where it would. */
      reason: z.string().nullable(),
    }),
  }),
};

/** Judges of traces: language models with a rubric. */
export const judgeContract = {
  start: command({
    scope: 'admin',
    summary: 'Judges traces by a rubric, as a job',
    description:
      'Of `trace_ids`, or of what `query` finds. What was judged before by the same rubric and model costs nothing. The job’s ' +
      'result names the judgements; a trace without a score has a reason in its own.',
    input: which,
    inputBytes: traceIdsBytes,
    output: jobSchema,
    audited: ({ rubric, profiles, budget_usd }, { job_id }) => ({
      action: 'judge_started',
      target: job_id,
      details: { rubric, profiles, budget_usd },
    }),
  }),
  forecast: query({
    scope: 'read',
    summary: 'What judging would cost at most; sends nothing',
    input: which,
    output: judgeForecastSchema,
  }),
  list: query({
    scope: 'read',
    summary: 'Judgements, newest first',
    input: z.object({ rubric: rubricIdSchema.optional(), ...page }),
    output: pageSchema(judgementSchema),
  }),
  ofTrace: query({
    scope: 'read',
    summary: 'Judgements of a trace, newest first',
    input: ofTrace.extend(page),
    output: pageSchema(judgementSchema),
  }),
  get: query({
    scope: 'read',
    summary: 'A judgement',
    input: z.object({ judgement_id: idSchema }),
    output: judgementSchema,
  }),
  sent: query({
    scope: 'read',
    summary: 'What was sent to the models for a judgement',
    input: z.object({ judgement_id: idSchema }),
    output: judgementSentSchema,
  }),
  compare: command({
    scope: 'admin',
    summary: 'Asks which of two traces is better, in both orders',
    description: 'Where the two orders disagree it is a tie. What was said is kept, with what was sent for it.',
    input: z.object({
      a: idSchema,
      b: idSchema,
      rubric: rubricIdSchema.default('trajectory'),
      profile: oneProfile,
      budget_usd: judgeOptionsSchema.shape.budget_usd,
      allow_own: judgeOptionsSchema.shape.allow_own,
    }),
    output: pairJudgementSchema,
    audited: ({ a, rubric, profile }) => ({
      action: 'judge_started',
      target: a,
      details: { rubric, profile, pair: true },
    }),
  }),
  pairs: query({
    scope: 'read',
    summary: 'Traces that were compared by judges, newest first',
    input: z.object({ rubric: rubricIdSchema.optional(), ...page }),
    output: pageSchema(pairJudgementSchema),
  }),
  pairsOfTrace: query({
    scope: 'read',
    summary: 'What a trace was compared with by judges, newest first',
    input: ofTrace.extend(page),
    output: pageSchema(pairJudgementSchema),
  }),
  pair: query({
    scope: 'read',
    summary: 'What a judge said of two traces',
    input: z.object({ pair_id: idSchema }),
    output: pairJudgementSchema,
  }),
  pairSent: query({
    scope: 'read',
    summary: 'What was sent to the model for a pair',
    input: z.object({ pair_id: idSchema }),
    output: pairSentSchema,
  }),
  probe: command({
    scope: 'admin',
    summary: 'Measures what a judge overlooks and what it falls for, as a job',
    description:
      'faults: planted into good traces; attacks: in the content of traces, each with a clean twin; length: padding that says ' +
      'nothing; swap: pairs in both orders. Good traces are those that `query` finds, or small ones that come along.',
    input: z.object({
      profile: oneProfile,
      rubric: rubricIdSchema.default('trajectory'),
      kinds: z.array(probeKindSchema).min(1).default(['faults', 'attacks', 'length', 'swap']),
      query: queryText.describe('Good traces to plant into; empty: small ones that come along'),
      most: z.int().min(1).max(500).default(10).describe('Traces of the query at most'),
      budget_usd: judgeOptionsSchema.shape.budget_usd,
    }),
    output: jobSchema,
    audited: ({ rubric, profile, kinds }, { job_id }) => ({
      action: 'judge_started',
      target: job_id,
      details: { rubric, profile, probes: kinds },
    }),
  }),
  trust: query({
    scope: 'read',
    summary: 'How far judges can be trusted: agreement with people, calibration, drift, probes, corrected rates',
    input: z.object({
      rubric: rubricIdSchema.optional(),
      seed: z.int().min(0).default(0).describe('Of the resampling'),
    }),
    output: trustSchema,
  }),
};
