import * as z from 'zod';
import { reviewSchema } from '../model/index.js';
import { ofTrace, page, queryText } from './inputs.js';
import { command, query } from './operation.js';

/** Strict: a misspelt field would otherwise be ignored, and a label lost. */
const tags = reviewSchema.shape.tags.optional();
const patch = reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial().strict();

/** What is done to many reviews: tags are added and taken away, where one review has its own. */
const change = patch.omit({ tags: true }).extend({ add_tags: tags, remove_tags: tags }).strict();

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
    input: ofTrace.extend({ patch }),
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
    input: z.object({ query: queryText, cursor: page.cursor, change }),
    inputBytes: 128_000,
    output: z.object({ previous: z.array(reviewSchema), next_cursor: z.string().nullable() }),
    audited: ({ change }, { previous }) => ({
      action: 'review_changed',
      details: { fields: Object.keys(change), traces: previous.length },
    }),
  }),
};
