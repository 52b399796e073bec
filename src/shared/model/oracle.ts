import * as z from 'zod';
import { idSchema } from './common.js';
import { longestQuery } from './studio.js';

export const domainNames = z
  .array(z.string().min(1).max(100))
  .max(500)
  .default([])
  .describe('Ids of domains, or their titles; all where none is named');

const shareOf = z.number().min(0).max(1).optional();

/** How a run's traces are spread, where it is not as the sampler has it. */
export const quotasSchema = z
  .strictObject({
    shapes: z
      .strictObject({ single: shareOf, chain: shareOf, dag: shareOf })
      .refine((shapes) => Object.values(shapes).some((share) => share > 0), 'No shape has a share above 0.')
      .optional()
      .describe(
        'Shares of one call, of calls one after another, and of those with several branches; taken against their sum',
      ),
    calls_per_trace: z.number().min(1).max(20).optional().describe('Calls of a trace on the average'),
  })
  .describe(
    'Which calls are to come of requests; intents are spread as evenly as this allows. Absent: as the sampler has it',
  );

/** `parquet`: each file of JSON lines as Parquet too. */
export const runFormat = z
  .enum(['jsonl', 'parquet'])
  .describe('parquet: each file of JSON lines is there as Parquet too');

export type Quotas = z.infer<typeof quotasSchema>;

export const retrievalShareSchema = z
  .number()
  .min(0)
  .max(1)
  .describe('Share of traces in which texts of several tiers of trust are retrieved, every second with an instruction');

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

/** Traces that are drawn of a run, the same ones whenever it is done; `sample:NAME` finds them in the store. */
const sampleSchema = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,60}$/)
    .describe('What they are called: letters, digits, dots, dashes'),
  size: z.int().min(1).max(10_000),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type Sample = z.infer<typeof sampleSchema>;

/** A sample of a run that people review, and what they said of it so far. */
export const reviewedSampleSchema = sampleSchema.extend({
  queue: z.string(),
  /** The import that brought it. */
  job_id: idSchema,
  /** In the store by now. */
  brought: z.int(),
  confirmed: z.int(),
  discarded: z.int(),
  /** Of those that were decided on; null before the first. */
  discard_rate: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable().describe('Wilson’s, at 95%'),
});
export type ReviewedSample = z.infer<typeof reviewedSampleSchema>;

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
  sample: sampleSchema.optional().describe('Drawn of what is chosen, in place of the first ones'),
  most: z.int().min(1).max(1_000_000).default(10_000).describe('At most so many, taken from the domains in turns'),
});
export type Choice = z.infer<typeof choiceSchema>;

const counts = z.record(z.string(), z.number());

/** What is known of a run while it is under way. */
export const liveFiguresSchema = z.object({
  validated: z.number(),
  failed: z.number(),
  seconds: z.number().describe('Since it was last begun'),
  rate: z.number().describe('Traces a second'),
  cost_usd: z.number().nullable().describe('Of models; null where a profile has no prices'),
  domains: z.record(z.string(), z.object({ validated: z.number(), failed: z.number() })).describe('By title'),
  validators: counts.describe('What each left out'),
  shapes: counts,
  quotas: z.object({ asked: z.number(), missed: z.number().describe('Domain, intent and shape, so far') }),
  cells: z.number().describe('Of domain, intent and shape how many were seen'),
  tool_pairs: z.number().describe('Pairs of tools of which the first fed the second'),
  evenness: counts.describe('Entropy over its maximum: domains, intents, tools, numbers of rows, tiers'),
  compared: z.number().describe('Requests of domains that are whole'),
  near_duplicates: z.number(),
  worth_a_look: z.array(z.string()).describe('Validators and domains of which more than a tenth fails'),
});
export type LiveFigures = z.infer<typeof liveFiguresSchema>;

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
  diversity: z.object({
    looked_at: z.number(),
    distinct_skeletons: z.number(),
    commonest_skeleton: z.number(),
    self_overlap: z.number().optional(),
  }),
  // Reports of earlier versions have none of these.
  near_duplicate_share: z.number().optional(),
  compared: z.number().optional(),
  evenness: counts.optional(),
  cost_usd: z.number().nullable().optional(),
  coverage: z
    .object({
      shapes_asked: counts,
      shapes_made: counts,
      cells: z.record(z.string(), z.object({ made: z.number() })),
      tool_pairs: z.object({ possible: z.number(), seen: z.number() }),
      missed: z.array(z.object({ cell: z.string(), asked: z.number(), made: z.number() })),
      missed_count: z.number(),
      unreachable: z.array(z.string()),
    })
    .optional(),
});
export type RunReportShown = z.infer<typeof runReportSchema>;
