import {
  expansionForecastSchema,
  expansionOptionsSchema,
  expansionSchema,
  jobSchema,
  pageSchema,
  traceIdsBytes,
} from '../model/index.js';
import { ofTrace, page, pickedTraces, queryText } from './inputs.js';
import { command, query } from './operation.js';

const which = expansionOptionsSchema.extend({ query: queryText, trace_ids: pickedTraces });

/** Reasoning that language models write of calls afterwards, for derived rows of datasets. */
export const expansionsContract = {
  start: command({
    scope: 'admin',
    summary: 'Has a model write the reasoning of calls, as a job',
    description:
      'Of the calls of `trace_ids`, or of what `query` finds: the step by step reasoning from what the agent knew to what it did. ' +
      '`calls`: `without`, those alone that tell none of their own, or `all`. What was written before of the same by the same model costs nothing. ' +
      'A call that nothing is written of is counted with its reason. Datasets take it by the augmentation `reasoning-expansion`.',
    input: which,
    inputBytes: traceIdsBytes,
    output: jobSchema,
    audited: ({ profile, calls, budget_usd }, { job_id }) => ({
      action: 'expansion_started',
      target: job_id,
      details: { profile, calls, budget_usd },
    }),
  }),
  forecast: query({
    scope: 'read',
    summary: 'What writing reasoning would cost at most; sends nothing',
    input: which,
    output: expansionForecastSchema,
  }),
  ofTrace: query({
    scope: 'read',
    summary: 'Reasoning that models wrote of the calls of a trace, newest first',
    input: ofTrace.extend(page),
    output: pageSchema(expansionSchema),
  }),
};
