import * as z from 'zod';
import { intentMappingSchema } from './oracle-intent.js';
import { measuredSchema } from './trust.js';

/** What is measured of a trace, in the order in which it is shown. */
export const featureNames = [
  'rows',
  'tier',
  'calls',
  'writes',
  'E_scope',
  'E_hierarchy',
  'E_provenance',
  'E_flow',
] as const;
export type FeatureName = (typeof featureNames)[number];
export const featureNameSchema = z.enum(featureNames);

const featureSchema = z.object({
  value: z.number().nullable(),
  reason: z.string().nullable().describe('Why there is no value; null where there is one'),
});
export const featuresSchema = z.object({
  domain: z.string().nullable(),
  intent: z.string().nullable().describe('`finance.look_up_invoices`; null where it is not known'),
  intent_category: z.string().nullable(),
  measures: z.record(featureNameSchema, featureSchema),
});
export type Features = z.infer<typeof featuresSchema>;

/** How one measure lies over the traces of a group: each value with how many have it, from the smallest on. */
const distributionSchema = z.object({
  n: z.int().min(0),
  /** Traces that have no value of it. */
  without: z.int().min(0),
  values: z.array(z.tuple([z.number(), z.int().min(1)])),
});
export type Distribution = z.infer<typeof distributionSchema>;

const groupSchema = z.object({ n: z.int().min(1), measures: z.record(featureNameSchema, distributionSchema) });
/** What gold traces are like, by domain (`finance`) and by intent (`finance.look_up_invoices`). */
export const baselineSchema = z.object({
  kind: z.literal('sluice-oracle-baseline'),
  version: z.literal(1),
  traces: z.int().min(0),
  /** Lines that are no gold traces of a domain that is known, or that go wrong on purpose. */
  left_out: z.int().min(0),
  groups: z.record(z.string(), groupSchema),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** A measure beside those of the traces that ask for the same. */
const placedSchema = featureSchema.extend({
  median: z.number().nullable().describe('Of the group'),
  ratio: z.number().nullable().describe('Value over median; null where that is 0'),
  below: measuredSchema.describe('Share of the group that lies below the value'),
});
export const placementSchema = z.object({
  group: z
    .string()
    .nullable()
    .describe('The intent, or where that has too few the domain; null: nothing to compare with'),
  n: z.int(),
  reason: z.string().nullable().describe('Why it is compared with nothing'),
  measures: z.record(featureNameSchema, placedSchema),
  words: z.array(z.string()).describe('What stands out: "rows 3x the baseline for this intent"'),
});
export type Placement = z.infer<typeof placementSchema>;

export const measuredTraceSchema = z.object({
  trace_id: z.string(),
  text: z.string().describe('What is asked for: the beginning of the first message of a person'),
  intent: intentMappingSchema,
  features: featuresSchema,
  placement: placementSchema.nullable().describe('Null where there is no baseline'),
});
export type MeasuredTrace = z.infer<typeof measuredTraceSchema>;
