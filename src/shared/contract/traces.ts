import * as z from 'zod';
import {
  callSchema,
  decisionSchema,
  effectSchema,
  findingSchema,
  idSchema,
  listHitSchema,
  pageSchema,
  stepSchema,
  toolCallSchema,
  traceHitsSchema,
  traceIdsBytes,
  tracePurposeSchema,
  traceSchema,
  traceShapes,
  traceSummarySchema,
  validationReportSchema,
  witnessSchema,
} from '../model/index.js';
import { longestNeedle } from '../text-find.js';
import { list, ofTrace, oneLine, partOfTrace, pickedTraces, queryText } from './inputs.js';
import { command, document, query } from './operation.js';

export const tracesContract = {
  list: query({ scope: 'read', summary: 'Traces, newest first', input: list, output: pageSchema(traceSummarySchema) }),
  count: query({
    scope: 'read',
    summary: 'How many traces a query finds',
    input: z.object({ query: queryText, trace_ids: pickedTraces }),
    inputBytes: traceIdsBytes,
    output: z.object({ traces: z.int() }),
  }),
  get: query({
    scope: 'read',
    summary: 'What a trace is, without what happened in it',
    input: ofTrace,
    output: traceSummarySchema,
  }),
  whole: document({
    scope: 'read',
    summary: 'A whole trace',
    description:
      'By its id, or by the `trace_id` under which POST /traces or /ingest was given it. With `shape` it is told as a row of ' +
      'that layout; a trace that cannot be is refused (`shape_unfit`).',
    input: ofTrace.extend({
      shape: z
        .enum(['trace', ...traceShapes])
        .default('trace')
        .describe('How it is told'),
    }),
    output: traceSchema,
  }),
  steps: query({
    scope: 'read',
    summary: 'What happened in a trace, in order',
    input: z.object({ trace_id: idSchema, limit: partOfTrace.shape.limit, cursor: z.int().nullish() }),
    output: z.object({ items: z.array(stepSchema), next_cursor: z.int().nullable() }),
  }),
  calls: query({
    scope: 'read',
    summary: 'Model calls of a trace',
    input: partOfTrace,
    output: pageSchema(callSchema),
  }),
  toolCalls: query({
    scope: 'read',
    summary: 'Tool calls of a trace',
    input: partOfTrace,
    output: pageSchema(toolCallSchema),
  }),
  decisions: query({
    scope: 'read',
    summary: 'Decisions of a trace',
    input: partOfTrace,
    output: pageSchema(decisionSchema),
  }),
  findings: query({
    scope: 'read',
    summary: 'What redaction replaced in a trace',
    input: partOfTrace,
    output: pageSchema(findingSchema),
  }),
  validation: query({
    scope: 'read',
    summary: 'Checks a trace',
    description: 'Schema, integrity, completeness, and what is left that redaction should have replaced.',
    input: ofTrace,
    output: validationReportSchema,
  }),
  children: query({
    scope: 'read',
    summary: 'Traces that a trace spawned',
    input: ofTrace,
    output: z.array(traceSummarySchema),
  }),
  tree: query({
    scope: 'read',
    summary: 'A trace among its subagents and segments',
    input: ofTrace,
    output: z.object({
      nodes: z.array(traceSummarySchema),
      truncated: z.boolean().describe('Only the first 1,000 are there'),
    }),
  }),
  effects: query({
    scope: 'read',
    summary: 'What the tool calls of a trace did on the wire',
    input: partOfTrace,
    output: pageSchema(effectSchema),
  }),
  witnesses: query({
    scope: 'read',
    summary: 'Second reports of the calls of a trace, and where they disagree',
    input: partOfTrace,
    output: pageSchema(witnessSchema),
  }),
  hits: query({
    scope: 'read',
    summary: 'Where traces of a list have what its query looks for',
    input: z.object({ query: queryText, trace_ids: z.array(idSchema).max(200) }),
    output: z.array(listHitSchema),
  }),
  find: query({
    scope: 'read',
    summary: 'Where a trace has a text',
    description:
      'Upper and lower case and accents are one; between two words anything may stand that is no letter and no digit. ' +
      'The first 5,000 steps are named.',
    input: ofTrace.extend({
      text: z.string().min(1).max(longestNeedle),
      whole: z.boolean().default(false).describe('Whole words only'),
    }),
    output: traceHitsSchema,
  }),
  setPurpose: command({
    scope: 'review',
    summary: 'Says what a trace was made for, and in which mode',
    description:
      'What is not named stays; null takes it away. It stands in `metadata` as `scenario` and `execution_mode`, goes before what ' +
      'its program says, and is found by `scenario:` and `mode:`.',
    input: ofTrace.extend({
      purpose: z.object({ scenario: oneLine.nullable(), mode: oneLine.nullable() }).partial().strict(),
    }),
    output: tracePurposeSchema,
    audited: ({ trace_id, purpose }) => ({
      action: 'review_changed',
      target: trace_id,
      details: { fields: Object.keys(purpose) },
    }),
  }),
  delete: command({
    scope: 'admin',
    summary: 'Deletes a trace and what belongs to it alone',
    input: ofTrace,
    output: z.object({ deleted: z.boolean().describe('False where there is none of this id') }),
    audited: ({ trace_id }, { deleted }) => (deleted ? { action: 'trace_deleted', target: trace_id } : null),
  }),
  deleteMany: command({
    scope: 'admin',
    summary: 'Deletes up to 100 traces and what belongs to them alone',
    input: z.object({ trace_ids: z.array(idSchema).min(1).max(100) }),
    output: z.object({ deleted: z.array(idSchema).describe('Those that were there') }),
    audited: (_, { deleted }) =>
      deleted.length === 0
        ? null
        : { action: 'trace_deleted', details: { traces: deleted.length, trace_ids: deleted } },
  }),
};
