import * as z from 'zod';
import { jsonSchema, listTitlesSchema, renderedRowSchema } from '../model/index.js';
import { nothing } from './inputs.js';
import { query } from './operation.js';

/** Rows of datasets as chat templates write them. */
export const renderContract = {
  templates: query({
    scope: 'read',
    summary: 'The chat templates that are at hand',
    input: nothing,
    output: listTitlesSchema.shape.layouts,
  }),
  row: query({
    scope: 'read',
    summary: 'A row as a chat template writes it, with what the loss is taken of',
    description:
      'The row holds messages, or prompt and completion, or prompt, chosen and rejected. Days that templates write are 1 January 2026.',
    input: z.object({
      row: jsonSchema,
      template: z.string().min(1).max(200_000).describe('Id of a template, or a Jinja template itself'),
      side: z.enum(['chosen', 'rejected']).default('chosen').describe('Of a pair'),
      tokenizer: z.enum(['o200k_base', 'o200k_harmony', 'cl100k_base']).default('o200k_base'),
    }),
    inputBytes: 1_000_000,
    output: renderedRowSchema,
  }),
};
