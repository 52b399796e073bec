import * as z from 'zod';

/** What a request asks for, as far as its words tell. */
export const intentMappingSchema = z.object({
  /** The id of the domain that has words for it; null where it is unknown. */
  domain: z.string().nullable(),
  intent: z.string().nullable().describe('Null where several intents of the domain ask for the same tools'),
  /** All that ask for the same. */
  intents: z.array(z.string()),
  intent_category: z.string().nullable(),
  expected_scope: z.object({
    rows_requested: z.int().nullable().describe('Of one call; null where all that fit are asked for, or nobody knows'),
    all_that_fit: z.boolean(),
    sensitivity_tier: z.string().nullable(),
  }),
  /** In the order in which they run; those that look up what others need stand before them. */
  tools: z.array(z.string()).describe('Tools that it takes at least'),
  fit: z.number().nullable().describe('How well the words fit, comparable between requests only roughly'),
  unknown: z.string().nullable().describe('Why it is not known; null where it is'),
});
export type IntentMapping = z.infer<typeof intentMappingSchema>;

export const unknownIntent = (reason: string): IntentMapping => ({
  domain: null,
  intent: null,
  intents: [],
  intent_category: null,
  expected_scope: { rows_requested: null, all_that_fit: false, sensitivity_tier: null },
  tools: [],
  fit: null,
  unknown: reason,
});
