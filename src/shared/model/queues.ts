import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';
import { reviewSchema, traceSummarySchema } from './trace.js';

export const queueName = z
  .string()
  .min(1)
  .max(64)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/,
    'letters, digits, spaces, dots, dashes and underscores, a letter or digit first',
  );

/** `score.<name>` goes from the lowest up; with `-` before it from the highest down. What has no such score comes last. */
export const queueOrder = z
  .string()
  .regex(
    /^(newest|oldest|random|errors|-?score\.[A-Za-z0-9_.-]{1,64})$/,
    'newest, oldest, random, errors or score.<name>',
  );

const share = z.number().min(0).max(1);

export const queueSettingsSchema = z.strictObject({
  query: z.string().max(2000).default('').describe('Which traces: Sluice query language'),
  order: queueOrder
    .default('newest')
    .describe('newest, oldest, random, errors (most first), score.<name>, -score.<name>'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0)
    .describe('Of the order random, and of what is drawn'),
  goal: z.int().min(1).max(10_000_000).nullable().default(null).describe('Items to do; null: all'),
  reviewers: z
    .array(z.string().min(1).max(120))
    .max(100)
    .default([])
    .describe('Names of tokens that may take items; empty: everybody'),
  second_review: share.default(0).describe('Share of items that a second reviewer does without seeing the first'),
  self_repeat: share.default(0).describe('Share of items that are shown to their reviewer again'),
  lease_minutes: z
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(60)
    .describe('How long an item that was taken is kept for its reviewer'),
});
export type QueueSettings = z.infer<typeof queueSettingsSchema>;

export const queueSchema = queueSettingsSchema.extend({
  queue_id: idSchema,
  name: queueName,
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
export type Queue = z.infer<typeof queueSchema>;

/** `second`: blind, of what another has done; `repeat`: of what the reviewer has done. */
export const queuePasses = ['first', 'second', 'repeat'] as const;
export const itemStates = ['assigned', 'submitted', 'skipped'] as const;

export const itemDecisionSchema = reviewSchema.pick({ label: true, rating: true, tags: true, note: true });
export type ItemDecision = z.infer<typeof itemDecisionSchema>;

export const queueItemSchema = z.object({
  item_id: idSchema,
  queue: z.string(),
  trace_id: idSchema,
  pass: z.enum(queuePasses),
  /** What others have said of it is not shown, nor what the reviewer said before. */
  blind: z.boolean(),
  state: z.enum(itemStates),
  reviewer: z.string(),
  assigned_at: timestampSchema,
  /** Until then nobody else gets it. */
  lease_until: timestampSchema,
  /** Time at work on it, in milliseconds. */
  spent_ms: z.int(),
  submitted_at: timestampSchema.nullable(),
  /** Null until it is submitted, and where it is hidden from who asks. */
  decision: itemDecisionSchema.nullable(),
  /** What its reviewer has said of it and not submitted yet; null for everybody else, and once it is submitted. */
  draft: itemDecisionSchema.nullable(),
  /** The decision is hidden from who asks: their own is still to come. */
  hidden: z.boolean(),
  /** The decision waits for the second reviewer; it is no review of the trace yet. */
  held: z.boolean(),
  /** Both reviewers have decided, and not the same: the trace’s review is for somebody to say. */
  disputed: z.boolean(),
  /** `revision` of the trace as it was decided on; null until it is. */
  trace_revision: z.int().positive().nullable(),
  stale: z.boolean(),
});
export type QueueItem = z.infer<typeof queueItemSchema>;

export const queueProgressSchema = z.object({
  /** Traces that the query finds; null where they were not counted. */
  matching: z.int().nullable(),
  /** Items that were decided, each trace once. */
  done: z.int(),
  goal: z.int().nullable(),
  /** 0..1 of the goal, or of what matches. */
  share: z.number().nullable(),
  assigned: z.int(),
  skipped: z.int(),
  disputed: z.int(),
  second: z.object({ due: z.int(), done: z.int() }),
  repeats: z.object({ due: z.int(), done: z.int() }),
  /** Time at work on an item that was decided, in milliseconds; null where there is none. */
  median_ms: z.number().nullable(),
  reviewers: z.array(
    z.object({
      reviewer: z.string(),
      done: z.int(),
      accepted: z.int(),
      rejected: z.int(),
      skipped: z.int(),
      assigned: z.int(),
      median_ms: z.number().nullable(),
      last_at: timestampSchema.nullable(),
    }),
  ),
});
export type QueueProgress = z.infer<typeof queueProgressSchema>;

/** `nothing_left`: all is done or with somebody else; `goal_reached`: as many as asked for are done. */
export const emptyReasons = ['nothing_left', 'goal_reached'] as const;
export const nextItemSchema = z.object({
  item: queueItemSchema.nullable(),
  /** What the item is about; without its review where the item is blind. */
  trace: traceSummarySchema.nullable(),
  reason: z.enum(emptyReasons).nullable(),
});
export type NextItem = z.infer<typeof nextItemSchema>;

const estimate = z.object({
  /** Null where there is too little to tell, `reason` says why. */
  value: z.number().nullable(),
  /** 95% of what resampling the units gives. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  reason: z.string().nullable(),
});
export type Estimate = z.infer<typeof estimate>;

/** Agreement of two who judged the same units. */
export const pairAgreementSchema = z.object({
  a: z.string(),
  b: z.string(),
  units: z.int(),
  /** Share of units of which both said the same. */
  observed: z.number().nullable(),
  kappa: estimate,
  /** Weighted by distance, and by its square; of values that have an order. */
  linear: estimate.nullable(),
  quadratic: estimate.nullable(),
});
export type PairAgreement = z.infer<typeof pairAgreementSchema>;

export const agreementSchema = z.object({
  field: z.enum(['label', 'rating', 'step_label']),
  /** Units that at least two reviewers judged. */
  units: z.int(),
  /** More than can be looked at; these are the newest. */
  cut: z.boolean(),
  reviewers: z.array(z.string()),
  /** Krippendorff’s alpha over all reviewers, by how far apart values are taken to be. */
  alpha: z.object({ nominal: estimate, ordinal: estimate.nullable(), interval: estimate.nullable() }),
  pairs: z.array(pairAgreementSchema),
  /** Of each reviewer with themself, on items that they were shown again. */
  selves: z.array(pairAgreementSchema),
  /** Of each reviewer with scores of the kind judge, by their names. */
  judges: z.array(pairAgreementSchema),
});
export type Agreement = z.infer<typeof agreementSchema>;
