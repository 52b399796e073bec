import * as z from 'zod';
import { packageIds } from './packages.js';
import { reasoningSchema, subagentPlaceSchema } from './row-options.js';
import { compressions, fileFormatIds, layoutIds } from './studio.js';
import { trainerIds } from './trainers.js';

const words = {
  title: z.string(),
  description: z.string().describe('One sentence; empty where the title says it all'),
};

/** What a dataset can be made of, and what goes with what. */
export const datasetChoicesSchema = z.object({
  packages: z.array(
    z.object({
      id: z.enum(packageIds),
      ...words,
      layout: z.enum(layoutIds).describe('Where none is named'),
      layouts: z.array(z.enum(layoutIds)).describe('All that its examples can be written in'),
    }),
  ),
  layouts: z.array(
    z.object({
      id: z.enum(layoutIds),
      ...words,
      of: z.enum(['trace', 'examples']).describe('Rows of a trace, or of examples that a package chooses'),
      /** The first holds unless another is asked for. */
      reasoning: z.array(reasoningSchema).min(1),
      subagents: z.array(subagentPlaceSchema).min(1),
      trainers: z.array(z.enum(trainerIds)).describe('Whose rules for it are known'),
    }),
  ),
  trainers: z.array(z.object({ id: z.enum(trainerIds), ...words, layouts: z.array(z.enum(layoutIds)) })),
  formats: z.array(
    z.object({
      id: z.enum(fileFormatIds),
      ...words,
      compress: z.array(z.enum(compressions)),
      shard_mb: z.number().nullable().describe('Where none is asked for; null: a split is one file'),
    }),
  ),
});
export type DatasetChoices = z.infer<typeof datasetChoicesSchema>;
