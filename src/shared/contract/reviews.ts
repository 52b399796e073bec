import * as z from 'zod';
import { reviewSchema } from '../model/index.js';
import { ofTrace } from './inputs.js';
import { command, query } from './operation.js';

/** Strict: a misspelt field would otherwise be ignored, and a label lost. */
const patch = reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial().strict();

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
};
