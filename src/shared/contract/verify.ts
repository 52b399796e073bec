import * as z from 'zod';
import {
  idSchema,
  jobSchema,
  pageSchema,
  qaDoctorSchema,
  qaOptionsSchema,
  qaRunSchema,
  qaRunSummarySchema,
  qaVerdicts,
  traceIdsBytes,
} from '../model/index.js';
import { nothing, ofTrace, page, pickedTraces, queryText } from './inputs.js';
import { command, query } from './operation.js';

/** Tests of the repositories that traces worked on. */
export const qaContract = {
  start: command({
    scope: 'admin',
    summary: 'Runs the tests of traces, or of a repository, before and after the change, as a job',
    description:
      'Of `trace_ids`, of what `query` finds, or of `repo` alone. Each trace gets a run of its own: the job’s result names them. ' +
      '`sample`: of the small repository that comes along.',
    input: qaOptionsSchema.extend({
      trace_ids: pickedTraces,
      // Absent is not empty: "" is all traces, and a default would be taken.
      query: queryText.unwrap().optional().describe('Query of traces; empty: all of them'),
      sample: z.boolean().default(false),
    }),
    inputBytes: traceIdsBytes,
    output: jobSchema,
    audited: ({ allow_network_in_prepare, trace_ids }, { job_id }) => ({
      action: 'qa_started',
      target: job_id,
      details: { network_in_prepare: allow_network_in_prepare, traces: trace_ids?.length ?? null },
    }),
  }),
  runs: query({
    scope: 'read',
    summary: 'Runs of tests, newest first',
    input: z.object({
      trace_id: idSchema.optional().describe('Only of this trace'),
      state: qaRunSummarySchema.shape.state.optional().describe('Only those that are so far'),
      verdict: z.enum(qaVerdicts).optional().describe('Only those that came to it'),
      ...page,
    }),
    output: pageSchema(qaRunSummarySchema),
  }),
  ofTrace: query({
    scope: 'read',
    summary: 'Runs of the tests of a trace, newest first',
    input: ofTrace.extend(page),
    output: pageSchema(qaRunSummarySchema),
  }),
  run: query({
    scope: 'read',
    summary: 'A run with its tests, settings and attempts',
    input: z.object({ run_id: idSchema }),
    output: qaRunSchema,
  }),
  doctor: query({
    scope: 'read',
    summary: 'What running tests needs, whether it is there, and what to do',
    input: nothing,
    output: qaDoctorSchema,
  }),
  reap: command({
    scope: 'admin',
    summary: 'Removes what earlier runs of this data folder left on the engine of containers',
    input: nothing,
    output: z.object({ containers: z.int(), volumes: z.int(), images: z.int() }),
  }),
  setRepository: command({
    scope: 'review',
    summary: 'Says which repository a trace worked on',
    description:
      'It stands in `metadata.repo`, what is not said stays as it is, and no program changes it from then on; null: it has none.',
    input: ofTrace.extend({
      repo: z
        .strictObject({
          name: z.string().min(1).max(200).optional(),
          url: z.string().min(1).max(2000).optional(),
          commit_before: z.string().min(1).max(256).optional(),
          commit_after: z.string().min(1).max(256).optional(),
          test_command: z.string().min(1).max(4096).optional(),
        })
        .nullable(),
    }),
    output: z.object({ trace_id: idSchema }),
    audited: ({ trace_id }) => ({ action: 'review_changed', target: trace_id, details: { fields: ['repository'] } }),
  }),
};
