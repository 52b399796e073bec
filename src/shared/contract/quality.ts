import * as z from 'zod';
import {
  idSchema,
  jobSchema,
  nearClusterSchema,
  nearLevelSchema,
  nearMemberSchema,
  pageSchema,
  qualityValueSchema,
  traceQualitySchema,
} from '../model/index.js';
import { ofTrace, page, queryText } from './inputs.js';
import { command, query } from './operation.js';

/** Scores of the rules: docs/quality.md has their formulas. */
export const qualityContract = {
  of: query({
    scope: 'read',
    summary: 'What a trace’s quality scores are, what each rests on, and why one has no value',
    description: 'A trace that was not scored yet is not found; `stale` where it changed since.',
    input: ofTrace,
    output: traceQualitySchema,
  }),
  values: query({
    scope: 'read',
    summary: 'What the quality of some traces came to; of those that were scored',
    input: z.object({ trace_ids: z.array(idSchema).max(200) }),
    output: z.array(qualityValueSchema),
  }),
  start: command({
    scope: 'review',
    summary: 'Scores what changed since the last run, as a job',
    description:
      '`all`: also what did not change. With a query only what it finds. The job’s result counts and has means.',
    input: z.object({ query: queryText, all: z.boolean().default(false) }),
    output: jobSchema,
  }),
};

const level = nearLevelSchema
  .default('trajectory')
  .describe('task: a person’s first message; trajectory: all that was said; step: each step of the agent');

export const duplicatesContract = {
  start: command({
    scope: 'review',
    summary: 'Finds near-duplicates, as a job',
    description:
      'The job’s result is `{documents, clusters, duplicates, seconds}`. Clusters of a run without a query are kept: ' +
      '`is:duplicate` finds what stands in one of level trajectory and is not the one that is kept.',
    input: z.object({
      query: queryText,
      level,
      threshold: z.number().min(0.3).max(1).default(0.72).describe('Jaccard similarity of word 5-grams'),
    }),
    output: jobSchema,
  }),
  clusters: query({
    scope: 'read',
    summary: 'Clusters of near-duplicates, the largest first',
    input: z.object({ level, ...page }),
    output: pageSchema(nearClusterSchema),
  }),
  members: query({
    scope: 'read',
    summary: 'Members of a cluster, the one that is kept first',
    input: z.object({ cluster_id: z.string().max(100), ...page }),
    output: pageSchema(nearMemberSchema),
  }),
};
