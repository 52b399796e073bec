import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';
import { rubricIdSchema } from './rubric.js';
import { labels } from './trace.js';

const share = z.number().min(0).max(1);
export const scaleSchema = z.object({ min: z.number(), max: z.number() });
const profileName = z.string().min(1).max(120);

export const evidenceSchema = z.object({
  /** Number of the step as the prompt shows it, from 1. */
  step: z.int(),
  quote: z.string(),
  /** What it is evidence of; null where the rubric has no dimensions. */
  dimension: z.string().nullable(),
  /** The trace’s step of that number; null where there is none. */
  step_id: idSchema.nullable(),
  /** Whether the quote stands in what was shown of this step. */
  found: z.boolean(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** What of a trace was shown, and what not. */
export const reductionSchema = z.object({
  /** Name of the rule (docs/judges.md). */
  rule: z.string(),
  steps: z.int().describe('Steps that there were to show'),
  whole: z.int().describe('Shown as they are'),
  cut: z.array(z.int()).describe('Numbers of steps that were shortened'),
  left_out: z.array(z.tuple([z.int(), z.int()])).describe('From and to, numbers of steps that were not shown'),
  chars: z.int().describe('Characters that were shown'),
  chars_before: z.int(),
});
export type Reduction = z.infer<typeof reductionSchema>;

/** One answer of one model: a panel has several. */
export const judgeVoteSchema = z.object({
  profile: z.string(),
  model: z.string(),
  /** From 0: of how many times the same was asked. */
  sample: z.int(),
  score: z.number().nullable(),
  dimensions: z.record(z.string(), z.number()),
  first_wrong_step: z.int().nullable(),
  unscored_reason: z.string().nullable(),
  confidence: share.nullable(),
  cost_usd: z.number().nullable(),
  cached: z.boolean(),
  prompt_hash: z.string(),
  attempts: z.int(),
  seconds: z.number(),
});
export type JudgeVote = z.infer<typeof judgeVoteSchema>;

/** What holds of tests and judge: tests outrank judges where both speak. */
export const combinedVerdictSchema = z.object({
  verdict: z.enum(labels).nullable(),
  by: z.enum(['tests', 'judge']).nullable(),
  /** Tests and judge say different things. */
  differ: z.boolean(),
});
export type CombinedVerdict = z.infer<typeof combinedVerdictSchema>;

export const judgementSchema = z.object({
  judgement_id: idSchema,
  trace_id: idSchema,
  trace_revision: z.int().positive().nullable(),
  rubric: z.string(),
  version: z.string(),
  rubric_hash: z.string(),
  /** Null where it is unscored: never a zero in its place. */
  score: z.number().nullable(),
  scale: scaleSchema,
  /** By the rubric’s `accept_from`; null where unscored. */
  verdict: z.enum(labels).nullable(),
  combined: combinedVerdictSchema,
  dimensions: z.record(z.string(), z.number()),
  feedback: z.string(),
  evidence: z.array(evidenceSchema),
  /** Of a rubric of steps: number and step of the first wrong one; null where none is, or it was not asked. */
  first_wrong_step: z.object({ step: z.int(), step_id: idSchema.nullable() }).nullable(),
  unscored_reason: z.string().nullable(),
  /** Profiles, joined by `+` in a panel. */
  profile: z.string(),
  model: z.string(),
  /** Share of the quotes that exist, less what a panel disagrees: docs/judges.md. */
  confidence: share.nullable(),
  /** Largest less smallest score of a panel; null of one answer. */
  disagreement: z.number().nullable(),
  votes: z.array(judgeVoteSchema),
  reduction: reductionSchema,
  /** Null where a profile has no prices; 0 where all was cached. */
  cost_usd: z.number().nullable(),
  cached: z.boolean(),
  created_at: timestampSchema,
});
export type Judgement = z.infer<typeof judgementSchema>;

/** What was sent to the models for a judgement, a text for each vote. */
export const judgementSentSchema = z.object({
  judgement_id: idSchema,
  sent: z.array(z.object({ profile: z.string(), sample: z.int(), body: z.string() })),
});
export type JudgementSent = z.infer<typeof judgementSentSchema>;

/** How traces are judged. */
export const judgeOptionsSchema = z.strictObject({
  rubric: rubricIdSchema.default('reasoning'),
  /** Each is a judge; several make a panel. */
  profiles: z
    .array(profileName)
    .min(1)
    .max(8)
    .refine(
      (profiles) => new Set(profiles).size === profiles.length,
      'each profile once: samples ask one several times',
    ),
  /** Times that each is asked (self-consistency). */
  samples: z.int().min(1).max(16).default(1),
  /** What may be spent in all; null: no limit. Nothing is sent that could go beyond it. */
  budget_usd: z.number().nonnegative().nullable().default(null),
  /** Profiles that may judge traces which their own model generated. */
  allow_own: z.array(profileName).max(8).default([]),
});
export type JudgeOptions = z.infer<typeof judgeOptionsSchema>;

/** Result of a job of kind `judge`. */
export const judgeReportSchema = z.object({
  traces: z.int(),
  judged: z.int(),
  unscored: z.int(),
  cached: z.int(),
  cost_usd: z.number().nullable(),
  /** The most that attempts which broke off may have cost besides; budgets count it. */
  unheard_usd: z.number().default(0),
  /** Why it ended before all were judged; null where they were. */
  stopped: z.enum(['budget']).nullable(),
  /** How often each reason left a trace without a score. */
  reasons: z.record(z.string(), z.int()),
  /** The first 1,000. */
  judgement_ids: z.array(idSchema),
  seconds: z.number(),
});
export type JudgeReport = z.infer<typeof judgeReportSchema>;

export const judgeForecastSchema = z.object({
  traces: z.int(),
  calls: z.int(),
  /** Traces that were looked at for it; the cost of all is theirs, scaled. */
  looked_at: z.int(),
  /** The most that it may cost; null where a profile has no prices. */
  most_usd: z.number().nullable(),
});

const pairSides = ['a', 'b'] as const;

/** Two traces by one rubric, in both orders. */
export const pairJudgementSchema = z.object({
  pair_id: idSchema,
  a: idSchema,
  b: idSchema,
  /** Revisions of the traces as they were compared. */
  a_revision: z.int().positive().nullable(),
  b_revision: z.int().positive().nullable(),
  rubric: z.string(),
  version: z.string(),
  rubric_hash: z.string(),
  profile: z.string(),
  model: z.string(),
  /** `tie` also where the two orders disagree; null where one has no answer. */
  preferred: z.enum([...pairSides, 'tie']).nullable(),
  /** Whether both orders preferred the same trace; null where one has no answer. */
  consistent: z.boolean().nullable(),
  orders: z.array(
    z.object({
      first: z.enum(pairSides),
      preferred: z.enum([...pairSides, 'tie']).nullable(),
      feedback: z.string(),
      evidence: z.array(evidenceSchema.omit({ dimension: true }).extend({ trace: z.enum(pairSides) })),
      unscored_reason: z.string().nullable(),
      /** Share of the quotes that exist, half where there is none. */
      confidence: share.nullable(),
      model: z.string(),
      prompt_hash: z.string(),
      attempts: z.int(),
      seconds: z.number(),
      cached: z.boolean(),
      cost_usd: z.number().nullable(),
    }),
  ),
  /** What was shown of each. */
  reductions: z.object({ a: reductionSchema, b: reductionSchema }),
  cost_usd: z.number().nullable(),
  cached: z.boolean(),
  created_at: timestampSchema,
});
export type PairJudgement = z.infer<typeof pairJudgementSchema>;

/** What was sent to the model for a pair, a text for each order that was asked. */
export const pairSentSchema = z.object({
  pair_id: idSchema,
  sent: z.array(z.object({ first: z.enum(pairSides), body: z.string() })),
});
export type PairSent = z.infer<typeof pairSentSchema>;
