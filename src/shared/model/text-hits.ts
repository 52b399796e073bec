import * as z from 'zod';
import { idSchema } from './common.js';

/** What stands at a place that was found, and around it: text of the capture, on one line. */
const snippet = { before: z.string(), match: z.string(), after: z.string() };

/** Where an exchange of a list has what the words of a query look for: the first place. */
export const exchangeHitSchema = z.object({ exchange_id: idSchema, ...snippet });
export type ExchangeHit = z.infer<typeof exchangeHitSchema>;

/** Where a trace of a list has what the words of a query look for: the first place. */
export const listHitSchema = z.object({
  trace_id: idSchema,
  step_id: idSchema,
  ...snippet,
  /** What finds it in the trace. */
  text: z.string(),
  whole: z.boolean(),
});
export type ListHit = z.infer<typeof listHitSchema>;

/** Where a trace has a text. */
export const traceHitsSchema = z.object({
  hits: z.number().int(),
  /** Steps that have it, in their order, and how often; the first 5,000. */
  steps: z.array(z.object({ step_id: idSchema, hits: z.number().int() })),
  steps_count: z.number().int(),
});
export type TraceHits = z.infer<typeof traceHitsSchema>;
