import * as z from 'zod';
import { idSchema, jobSchema, reviewSchema } from '../model/index.js';
import { ofTrace, page, queryText } from './inputs.js';
import { command, query } from './operation.js';

/** Strict: a misspelt field would otherwise be ignored, and a label lost. */
const tags = reviewSchema.shape.tags.optional();
const patch = reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial().strict();

/** What is done to many reviews: tags are added and taken away, where one review has its own. */
const change = patch.omit({ tags: true }).extend({ add_tags: tags, remove_tags: tags }).strict();

const partOf = idSchema.optional().describe('The same for several changes that one undo takes back');

export const reviewsContract = {
  get: query({
    scope: 'read',
    summary: 'The review of a trace; empty where it has none',
    input: ofTrace,
    output: reviewSchema,
  }),
  set: command({
    scope: 'review',
    summary: 'Sets the given fields of a review, the others stay',
    input: ofTrace.extend({ patch, part_of: partOf }),
    inputBytes: 128_000,
    output: z.object({ previous: reviewSchema, current: reviewSchema }),
    audited: ({ trace_id, patch }) => ({
      action: 'review_changed',
      target: trace_id,
      details: { fields: Object.keys(patch) },
    }),
  }),
  setMatching: command({
    scope: 'review',
    summary: 'Changes the reviews of what a query finds, a page at a time',
    description:
      'Newest first, up to 100 traces; `next_cursor` goes on. `previous` is what stood there, for whoever takes it back.',
    input: z.object({
      query: queryText,
      trace_ids: z.array(idSchema).min(1).max(1000).optional().describe('Only these of what the query finds'),
      cursor: page.cursor,
      change,
      part_of: partOf,
    }),
    inputBytes: 128_000,
    output: z.object({ previous: z.array(reviewSchema), next_cursor: z.string().nullable() }),
    audited: ({ change }, { previous }) => ({
      action: 'review_changed',
      details: { fields: Object.keys(change), traces: previous.length },
    }),
  }),
  setMany: command({
    scope: 'review',
    summary: 'Sets the given fields of up to 100 reviews, each its own',
    description: 'In the order given; a trace that is gone is left out of the answer.',
    input: z.object({ patches: z.array(ofTrace.extend({ patch })).min(1).max(100), part_of: partOf }),
    inputBytes: 512_000,
    output: z.object({ reviews: z.array(z.object({ previous: reviewSchema, current: reviewSchema })) }),
    audited: ({ patches }, { reviews }) => ({
      action: 'review_changed',
      details: { fields: [...new Set(patches.flatMap((each) => Object.keys(each.patch)))], traces: reviews.length },
    }),
  }),
  changeMatching: command({
    scope: 'review',
    summary: 'Changes the reviews of everything that a query finds, as a job; or says what that would change',
    description:
      'The job’s result is `{dry_run, traces, changed, left_blind, fields, sample}`: how many were looked at and would change, in ' +
      'which fields, and the first of them before and after. Traces that the reviewer is to judge blind (`left_blind` in all) are ' +
      'left out, since what would change of them tells what others said. It goes on after a crash, and one undo takes all of it back.',
    input: z.object({ query: queryText, change, dry_run: z.boolean().default(false) }),
    inputBytes: 128_000,
    output: jobSchema,
    audited: ({ change, dry_run }, { job_id }) =>
      dry_run ? null : { action: 'review_changed', target: job_id, details: { fields: Object.keys(change) } },
  }),
};
