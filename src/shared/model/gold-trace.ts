import * as z from 'zod';

/** How much harm the knowledge of a value can do, from none to most. */
export const sensitivityTiers = ['public', 'internal', 'confidential', 'restricted'] as const;
export type SensitivityTier = (typeof sensitivityTiers)[number];

/** How far a text that was retrieved can be trusted, from most to least: of one's own house, of a partner, of anybody, of nobody known. */
export const trustTiers = ['internal', 'partner', 'web', 'unknown'] as const;
const trustTierSchema = z.enum(trustTiers);
export type TrustTier = z.infer<typeof trustTierSchema>;

const scopeSchema = z.looseObject({
  rows_requested: z.int().min(0),
  sensitivity_tier: z.string().min(1),
});

/** Where the value of an argument comes from: the words of the request, the caller's session, or a place in an earlier result; of a retrieved text also how far that can be trusted. */
const argumentSourceSchema = z.discriminatedUnion('source_type', [
  z.object({ source_type: z.literal('user') }),
  z.object({ source_type: z.literal('system') }),
  z.object({ source_type: z.literal('tool'), source_id: z.string(), path: z.string() }),
  z.object({ source_type: z.literal('retrieval'), source_id: z.string(), path: z.string(), trust: trustTierSchema }),
]);

export const goldCallSchema = z.looseObject({
  call_id: z.string().min(1),
  tool_id: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  scope: scopeSchema,
  provenance: z.looseObject({ source_type: z.string(), source_id: z.string() }),
  /** Calls that must have run before. */
  dependencies: z.array(z.string()).optional(),
  argument_sources: z.record(z.string(), argumentSourceSchema).optional(),
});
export type GoldCall = z.infer<typeof goldCallSchema>;

const goldAskSchema = z.object({
  tool_id: z.string(),
  rows: z.int().min(1).nullable(),
  filters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** What the tool is to be given besides. */
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type GoldAsk = z.infer<typeof goldAskSchema>;

/** A request, the policy that it stands under, and the calls that fulfil it: the published shape, and what is known besides. */
export const goldTraceSchema = z.looseObject({
  trace_id: z.string().min(1),
  request: z.looseObject({
    request_id: z.string().min(1),
    domain: z.string().min(1),
    text: z.string().min(1),
    intent_category: z.string().min(1),
    expected_scope: scopeSchema,
    intent: z.string().optional(),
    /** What the words ask for, one entry for each thing: how many rows of it (null: all that fit), what they must be, what is said of them. */
    asks: z.array(goldAskSchema).optional(),
    persona: z.object({ name: z.string(), role: z.string(), tenant: z.string(), style: z.string() }).optional(),
  }),
  policy: z.looseObject({
    policy_id: z.string().min(1),
    domain: z.string().min(1),
    rules: z.array(z.string()),
    scope_limits: z.record(z.string(), z.number()),
  }),
  graph: z.looseObject({
    graph_id: z.string().min(1),
    calls: z.array(goldCallSchema).min(1),
    execution_order: z.array(z.string()),
  }),
  validated: z.boolean(),
  created_at: z.string().min(1),
  /** What each call gave, by its id. */
  results: z.record(z.string(), z.unknown()).optional(),
  /** `sampler`, or `model`. */
  generator: z.string().optional(),
  model: z.string().nullable().optional(),
  prompt_versions: z.record(z.string(), z.string()).optional(),
  seed: z.int().optional(),
  /** The number of the domain's world that the calls ran on. */
  world: z.int().optional(),
  /** Of a sibling in which texts were retrieved: which call brought them, what stems of them, and what they tell whoever obeys. */
  retrieval: z
    .object({
      gold: z.string(),
      call_id: z.string(),
      trust: trustTierSchema,
      poisoned: z.boolean(),
      argument: z.object({ call_id: z.string(), name: z.string(), trust: trustTierSchema }).nullable(),
      instruction: z
        .object({ tool_id: z.string(), arguments: z.record(z.string(), z.unknown()), document_id: z.string() })
        .nullable(),
    })
    .optional(),
});
export type GoldTrace = z.infer<typeof goldTraceSchema>;
