import * as z from 'zod';
import {
  agreementSchema,
  idSchema,
  itemDecisionSchema,
  itemStates,
  nextItemSchema,
  pageSchema,
  queueItemSchema,
  queueName,
  queueProgressSchema,
  queueSchema,
  queueSettingsSchema,
} from '../model/index.js';
import { patchSchema } from '../patch.js';
import { nothing, page } from './inputs.js';
import { type AuditNote, command, query } from './operation.js';

const ofQueue = z.object({ name: queueName });
const ofItem = ofQueue.extend({ item_id: idSchema });

const queueNote =
  (done: string) =>
  ({ name }: { name: string }): AuditNote => ({ action: 'queue_changed', target: name, details: { done } });

/** What there is to review, for whom, in which order. A reviewer is known by the name of the token that asks. */
export const queuesContract = {
  list: query({
    scope: 'read',
    summary: 'Review queues by name, with how far they are',
    input: nothing,
    output: z.array(queueSchema.extend({ progress: queueProgressSchema })),
  }),
  get: query({
    scope: 'read',
    summary: 'A review queue and how far it is, with the number of traces that it finds',
    input: ofQueue,
    output: queueSchema.extend({ progress: queueProgressSchema }),
  }),
  create: command({
    scope: 'review',
    summary: 'Makes a review queue: a query and an order',
    input: queueSettingsSchema.extend({ name: queueName }),
    output: queueSchema,
    audited: queueNote('created'),
  }),
  change: command({
    scope: 'review',
    summary: 'Changes settings of a review queue, the others stay',
    description: 'With `second_review` 0 decisions that wait for a second reviewer become the reviews of their traces.',
    input: ofQueue.extend({ settings: patchSchema(queueSettingsSchema) }),
    output: queueSchema,
    audited: queueNote('changed'),
  }),
  delete: command({
    scope: 'review',
    summary: 'Takes a review queue off the list; what was decided in it stays, and an undo brings it back',
    input: ofQueue,
    output: z.object({ deleted: z.boolean() }),
    audited: (input, { deleted }) => (deleted ? queueNote('deleted')(input) : null),
  }),
  next: command({
    scope: 'review',
    summary: 'The next item of a queue for who asks; nobody else gets it until its lease ends',
    description:
      'Whoever has an open item gets that again. Then come second reviews that are due, the reviewer’s own repeats, and ' +
      'what nobody has yet, in the queue’s order. `item` is null where there is nothing, and `reason` says why.',
    input: ofQueue.extend({
      other_than: idSchema.nullish().describe('An item to leave open for later: another one is given'),
    }),
    output: nextItemSchema,
  }),
  items: query({
    scope: 'read',
    summary: 'What was taken of a queue, newest first',
    input: ofQueue.extend({
      ...page,
      state: z.enum([...itemStates, 'disputed']).optional(),
      reviewer: z.string().max(120).optional(),
    }),
    output: pageSchema(queueItemSchema),
  }),
  submit: command({
    scope: 'review',
    summary: 'Decides on an item',
    description:
      'The decision becomes the review of the trace, unless it waits for a second reviewer: then it does once both have ' +
      'the same label. A field that is left out is as the trace’s review has it, in a blind item empty.',
    input: ofItem.extend({
      decision: itemDecisionSchema.partial().strict(),
      spent_ms: z
        .int()
        .min(0)
        .max(86_400_000)
        .optional()
        .describe('Time at work; the engine’s own reckoning where absent'),
    }),
    inputBytes: 128_000,
    output: queueItemSchema,
    audited: ({ name, decision }, { trace_id }) => ({
      action: 'review_changed',
      target: trace_id,
      details: { queue: name, fields: Object.keys(decision) },
    }),
  }),
  keepDraft: command({
    scope: 'review',
    summary: 'Keeps what its reviewer says of an item until they submit it',
    description: 'Only they are shown it. An undo passes it by.',
    input: ofItem.extend({ draft: itemDecisionSchema }),
    inputBytes: 128_000,
    output: queueItemSchema,
  }),
  skip: command({
    scope: 'review',
    summary: 'Leaves an item to others',
    input: ofItem.extend({ spent_ms: z.int().min(0).max(86_400_000).optional() }),
    output: queueItemSchema,
  }),
  reopen: command({
    scope: 'review',
    summary:
      'Opens an item that was decided or skipped, for its reviewer; the trace’s review stays until it is decided anew',
    input: ofItem,
    output: queueItemSchema,
  }),
};

export const agreementContract = {
  get: query({
    scope: 'read',
    summary: 'How far reviewers agree: with each other, with themselves, with the judge',
    description:
      'Cohen’s kappa, weighted kappa and Krippendorff’s alpha, with intervals by resampling. A judge’s score counts as ' +
      'accepted from `accept_from` on, and as a rating rounded to 1 to 5.',
    input: z.object({
      queue: queueName.optional().describe('Only decisions in this queue'),
      field: z.enum(['label', 'rating', 'step_label']).default('label'),
      seed: z.int().min(0).default(0).describe('Of the resampling'),
      accept_from: z.coerce.number().default(3.5),
    }),
    output: agreementSchema,
  }),
};
