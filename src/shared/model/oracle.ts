import * as z from 'zod';
import { longestQuery } from './studio.js';

export const domainNames = z
  .array(z.string().min(1).max(100))
  .max(500)
  .default([])
  .describe('Ids of domains, or their titles; all where none is named');

const profileName = z.string().min(1).max(100);

/** What makes a run's traces: the sampler alone, or models in its place. */
export const generationSchema = z.object({
  generator: z
    .enum(['sampler', 'model'])
    .default('sampler')
    .describe('sampler: by grammar and simulator; model: request and calls by a model, reviewed by others'),
  profile: profileName.optional().describe('Model profile that writes requests and calls'),
  reviewers: z
    .array(profileName)
    .max(9)
    .default([])
    .describe('Model profiles that review; more than half of them have to accept. None: nobody reviews'),
  allow_own: z.array(profileName).max(9).default([]).describe('Reviewers that may be of the generator’s own model'),
  budget_usd: z.number().nonnegative().nullable().default(null).describe('What may be spent in all; null: no limit'),
});
export type Generation = z.infer<typeof generationSchema>;

/** Which traces of a run are brought into the store. */
export const choiceSchema = z.object({
  query: z
    .string()
    .max(longestQuery)
    .default('')
    .describe(
      'Sluice query language over the run’s files: words of the request, kind, domain, scenario, tool, client, title, calls, tool_calls',
    ),
  domains: domainNames,
  most: z.int().min(1).max(1_000_000).default(10_000).describe('At most so many, taken from the domains in turns'),
});
export type Choice = z.infer<typeof choiceSchema>;

const counts = z.record(z.string(), z.number());

/** What the studio shows of a run's report. */
export const runReportSchema = z.object({
  validated: z.number(),
  failed: z.number(),
  seconds: z.number(),
  rate: z.number(),
  average_calls: z.number(),
  dag_share: z.number(),
  tools: z.number(),
  domains: counts,
  intents: counts,
  validators: z.record(
    z.string(),
    z.object({ failed: z.number(), recall: z.number().nullable(), false_reject: z.number().nullable() }),
  ),
  worth_a_look: z.array(z.string()),
  diversity: z.object({ looked_at: z.number(), distinct_skeletons: z.number(), commonest_skeleton: z.number() }),
});
export type RunReportShown = z.infer<typeof runReportSchema>;
