import * as z from 'zod';

const rates = z.object({
  /** Values that were planted or labelled. */
  spans: z.int(),
  precision: z.number().min(0).max(1),
  recall: z.number().min(0).max(1),
  f1: z.number().min(0).max(1),
});

/** `resources/redaction-quality.json`: how well redaction did when it was last measured, for the studio to show. */
export const redactionQualitySchema = z.strictObject({
  version: z.literal(1),
  measured_on: z.iso.date(),
  /** What to run to measure again. */
  command: z.string(),
  /** Agent traffic made by the project's own generator. */
  traffic: z.object({ all: rates, entities: z.record(z.string(), rates) }),
  /** Labelled sentences that others made; null where it was not measured on any. */
  corpus: z
    .object({ name: z.string(), rows: z.int(), all: rates, structured: rates, types: z.record(z.string(), rates) })
    .nullable(),
});
export type RedactionQuality = z.infer<typeof redactionQualitySchema>;
