import * as z from 'zod';
import { idSchema, longestQuery, traceIdsSchema } from '../model/index.js';

/** Fields that operations share. */

export const page = {
  limit: z.int().min(1).max(200).default(50).describe('1..200'),
  cursor: z.string().max(2000).nullish().describe('`next_cursor` of the page before'),
};
export const queryText = z
  .string()
  .max(longestQuery)
  .default('')
  .describe('Sluice query language, e.g. `kind:agent tool:search status:error`');

/** Traces that were picked one by one. */
export const pickedTraces = traceIdsSchema.optional().describe('Only these of what the query finds');

/** One line that fits into a header. */
export const oneLine = z
  .string()
  .min(1)
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
  .regex(/^[^\x00-\x1f\x7f]*$/, 'one line');

export const nothing = z.void();
export const list = z.object({ query: queryText, ...page });
export const paged = z.object(page);
export const ofTrace = z.object({ trace_id: idSchema });
/** What belongs to one trace is small and many: more of it at once. */
export const partOfTrace = ofTrace.extend({
  ...page,
  limit: z.int().min(1).max(500).default(50).describe('1..500'),
});
export const absolutePath = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path), 'an absolute path');
/** The longest known value as JSON, each of its UTF-16 units in six bytes. */
export const knownValueBytes = 400_000;
