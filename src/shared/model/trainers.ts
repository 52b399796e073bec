import * as z from 'zod';

/** Trainers and tuning services whose reading of a row is known. */
export const trainerIds = [
  'trl',
  'axolotl',
  'llamafactory',
  'ms-swift',
  'verl',
  'skyrl',
  'openrlhf',
  'nemo-gym',
  'openai',
  'together',
  'fireworks',
  'azure',
] as const;
export type TrainerId = (typeof trainerIds)[number];

/**
 * What becomes of a row or a part of it: the row is not trained on (`skipped`), a part is left out (`dropped`), parts become one
 * (`merged`), one takes the place of another (`overwritten`), an end is cut (`truncated`), something is learned that should not
 * be, or in another form (`mistrained`).
 */
export const findingEffects = ['skipped', 'dropped', 'merged', 'overwritten', 'truncated', 'mistrained'] as const;

export const trainerFindingSchema = z.object({
  /** The data file, relative to its folder. */
  file: z.string(),
  /** Counts the rows of the file from 1; null: of the file as a whole. */
  row: z.number().int().positive().nullable(),
  /** Path in the row, as `messages[3].content`. */
  field: z.string(),
  code: z.string(),
  effect: z.enum(findingEffects),
  message: z.string(),
});
export type TrainerFinding = z.infer<typeof trainerFindingSchema>;

/** The findings of one trainer over the rows of files, by effect and code. */
export const trainerSummarySchema = z.object({
  trainer: z.enum(trainerIds),
  rows: z.number().int(),
  /** Rows with at least one finding. */
  rows_with_findings: z.number().int(),
  findings: z.number().int(),
  effects: z.record(z.string(), z.number().int()),
  codes: z.record(z.string(), z.number().int()),
  /** Where a context limit was given: the rows that are longer, what becomes of them, and the tokens of rows as JSON. */
  context: z
    .object({
      limit: z.int(),
      tokenizer: z.string(),
      too_long: z.int(),
      effect: trainerFindingSchema.shape.effect,
      longest: z.int(),
      tokens: z.int(),
    })
    .optional(),
});
export type TrainerSummary = z.infer<typeof trainerSummarySchema>;

/** The same with the first findings named, row by row. */
export const trainerReportSchema = trainerSummarySchema.extend({ named: z.array(trainerFindingSchema) });
export type TrainerReport = z.infer<typeof trainerReportSchema>;
