import * as z from 'zod';
import { idSchema, savedFilterSchema } from '../model/index.js';
import { nothing } from './inputs.js';
import { command, query } from './operation.js';

export const filtersContract = {
  list: query({
    scope: 'read',
    summary: 'Queries that were given a name',
    input: nothing,
    output: z.array(savedFilterSchema),
  }),
  save: command({
    scope: 'review',
    summary: 'Gives a query a name',
    input: savedFilterSchema.pick({ scope: true, name: true, query: true }),
    output: savedFilterSchema,
  }),
  delete: command({
    scope: 'review',
    summary: 'Forgets a named query',
    input: z.object({ filter_id: idSchema }),
    output: z.object({ deleted: z.boolean() }),
  }),
};

export const queryContract = {
  values: query({
    scope: 'read',
    summary: 'Values of a field of the query language, most frequent first',
    input: z.object({
      scope: z.enum(['traces', 'exchanges', 'tool_calls']),
      field: z.string().max(64),
      prefix: z.string().max(200).default(''),
    }),
    output: z.array(z.object({ value: z.string(), count: z.int() })),
  }),
};
