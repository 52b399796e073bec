import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';
import { reductionSchema } from './judge.js';
import { profileNameSchema } from './language-models.js';

/** Reasoning that a model wrote of a call of a trace, afterwards: how one comes from what was known to what was done. */
export const expansionSchema = z.object({
  trace_id: idSchema,
  call_id: idSchema,
  /** Of the trace as it was written. */
  trace_revision: z.int().positive().nullable(),
  reasoning: z.string(),
  profile: z.string(),
  model: z.string(),
  prompt_version: z.string(),
  prompt_hash: z.string(),
  /** What of the context the model was shown. */
  reduction: reductionSchema,
  /** Null where the profile has no prices. */
  cost_usd: z.number().nullable(),
  created_at: timestampSchema,
});
export type Expansion = z.infer<typeof expansionSchema>;

/** Of which calls reasoning is written: of those that tell none themselves, or of all. */
export const expandedCalls = ['without', 'all'] as const;

export const expansionOptionsSchema = z.strictObject({
  profile: profileNameSchema,
  calls: z.enum(expandedCalls).default('without'),
  budget_usd: z.number().nonnegative().nullable().default(null).describe('What may be spent in all; null: no limit'),
});
export type ExpansionOptions = z.infer<typeof expansionOptionsSchema>;

/** Result of a job of kind `expansion`. */
export const expansionReportSchema = z.object({
  traces: z.int(),
  /** Calls of which reasoning stands now. */
  written: z.int(),
  /** Of these, answered before: they cost nothing. */
  cached: z.int(),
  /** Calls that were not asked about, since they tell reasoning of their own. */
  own: z.int(),
  left_out: z.int(),
  /** How often each reason left a call out. */
  reasons: z.record(z.string(), z.int()),
  cost_usd: z.number().nullable(),
  /** The most that attempts which broke off may have cost besides; budgets count it. */
  unheard_usd: z.number(),
  /** Why it ended before all were asked about; null where they were. */
  stopped: z.enum(['budget']).nullable(),
  seconds: z.number(),
});
export type ExpansionReport = z.infer<typeof expansionReportSchema>;

export const expansionForecastSchema = z.object({
  traces: z.int(),
  /** That would be asked about. */
  calls: z.int(),
  /** Traces that were looked at for it; calls and cost of all are theirs, scaled. */
  looked_at: z.int(),
  /** The most that it may cost; null where the profile has no prices. */
  most_usd: z.number().nullable(),
});
export type ExpansionForecast = z.infer<typeof expansionForecastSchema>;
