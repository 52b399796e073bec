import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';
import { findingSchema } from './exchange.js';

/** Where a value stood, told by the finding's path. The last five are what users type themselves. */
export const placements = [
  'url',
  'request_header',
  'response_header',
  'system_prompt',
  'message',
  'answer',
  'tool_arguments',
  'tool_result',
  'tool_definition',
  'request_body',
  'response_body',
  'title',
  'metadata',
  'error',
  'note',
  'tag',
  'filter',
  'name',
  'setting',
] as const;
export type FindingPlacement = (typeof placements)[number];

/** How sure the detector was: certain from 0.95 on (a checksum, an exact value, a key's own format), likely from 0.8. */
export const confidenceBands = ['certain', 'likely', 'possible'] as const;
export type ConfidenceBand = (typeof confidenceBands)[number];

export function bandOf(confidence: number): ConfidenceBand {
  return confidence >= 0.95 ? 'certain' : confidence >= 0.8 ? 'likely' : 'possible';
}

export const findingFilterSchema = z.object({
  entity: z.string().max(64).optional().describe('e.g. `EMAIL`'),
  placement: z.enum(placements).optional(),
  detector: z.string().max(100).optional(),
  band: z.enum(confidenceBands).optional(),
  trace_id: idSchema.optional(),
  replacement: z.string().max(200).optional().describe('All places of one pseudonym, e.g. `<EMAIL_7f3a9c21>`'),
});
export type FindingFilter = z.infer<typeof findingFilterSchema>;

/** Stored text around a placeholder. */
export const findingContextSchema = z.object({ before: z.string(), replacement: z.string(), after: z.string() });
export type FindingContext = z.infer<typeof findingContextSchema>;

/** A value that was replaced, once for each exchange and placement it stood in. */
export const listedFindingSchema = findingSchema.extend({
  /** Null where a user typed it: then there is no exchange. */
  exchange_id: idSchema.nullable(),
  trace_id: idSchema.nullable(),
  placement: z.enum(placements),
  band: z.enum(confidenceBands),
  /** How often it stands there; the fields above are those of the first. */
  places: z.int().positive(),
  at: timestampSchema,
  /** Null where the text cannot be shown: encoded, cut, or beyond what is read for a list. */
  context: findingContextSchema.nullable(),
});
export type ListedFinding = z.infer<typeof listedFindingSchema>;

/** One place of a listed finding. */
export const findingPlaceSchema = findingSchema
  .pick({ finding_id: true, path: true, confidence: true })
  .extend({ context: findingContextSchema.nullable() });
export type FindingPlace = z.infer<typeof findingPlaceSchema>;

const counted = z.object({ name: z.string(), count: z.int() });

/** Numbers of findings. Each list counts what the filter's other fields leave, so that it can be chosen from. */
export const findingsSummarySchema = z.object({
  /** Matching the whole filter. */
  total: z.int(),
  entities: z.array(counted),
  placements: z.array(counted),
  detectors: z.array(counted),
  bands: z.array(counted),
});
export type FindingsSummary = z.infer<typeof findingsSummarySchema>;

/** What a user typed, redacted before it is stored, with where it was typed. */
export interface TypedFinding {
  placement: Extract<FindingPlacement, 'note' | 'tag' | 'filter' | 'name' | 'setting'>;
  /** The redacted text it stands in. */
  text: string;
  trace_id: string | null;
  entity: string;
  start: number;
  end: number;
  action: z.infer<typeof findingSchema>['action'];
  replacement: string;
  detector: string;
  confidence: number;
}
