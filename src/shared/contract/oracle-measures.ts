import * as z from 'zod';
import { idSchema, pageSchema } from '../model/index.js';
import { baselineSchema, measuredTraceSchema } from '../model/oracle-features.js';
import { list, ofTrace } from './inputs.js';
import { query } from './operation.js';

const run = idSchema.optional().describe('The run whose baseline it is compared with; the newest that has one');
const { trace_id, text, intent } = measuredTraceSchema.shape;

/** What traces of the store ask for, and how they lie beside gold traces that ask for the same. */
export const oracleMeasuresContract = {
  intents: query({
    scope: 'read',
    summary: 'What traces ask for, by the words of the domains',
    description: 'Deterministic, without a model; `unknown` says why nothing is told of a trace.',
    input: list,
    output: pageSchema(z.object({ trace_id, text, intent })),
  }),
  features: query({
    scope: 'read',
    summary: 'What is measured of traces for the energy baselines, and where it lies in a baseline',
    input: list.extend({ run_id: run }),
    output: pageSchema(measuredTraceSchema),
  }),
  ofTrace: query({
    scope: 'read',
    summary: 'The same of one trace',
    input: ofTrace.extend({ run_id: run }),
    output: measuredTraceSchema.extend({
      run_id: idSchema.nullable().describe('The run of the baseline; null where no run has one'),
    }),
  }),
  baseline: query({
    scope: 'read',
    summary: 'The baseline of a run: how its traces lie, by domain and by intent',
    input: z.object({ run_id: idSchema }),
    output: baselineSchema,
  }),
};
