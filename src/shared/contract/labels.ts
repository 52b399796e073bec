import * as z from 'zod';
import {
  betterStepSchema,
  comparedSchema,
  comparisonSchema,
  correctedSchema,
  correctionSchema,
  idSchema,
  jsonSchema,
  pageSchema,
  preferences,
  stepLabelSchema,
  stepValueSchema,
  suggestionSchema,
  traceLabelsSchema,
  traceSummarySchema,
} from '../model/index.js';
import { ofTrace, page, queryText } from './inputs.js';
import { type AuditNote, command, query } from './operation.js';

const comment = z.string().max(20_000).default('');
const ofCorrection = z.object({ correction_id: idSchema });
const ofStepLabel = z.object({ step_label_id: idSchema });
/** A corrected message with its tool calls, as JSON. */
const labelBytes = 1_000_000;

const labelNote =
  (what: string) =>
  (_: unknown, { trace_id }: { trace_id: string }): AuditNote => ({
    action: 'review_changed',
    target: trace_id,
    details: { fields: [what] },
  });

/** What reviewers say of parts of a trace. Their text passes the policy before it is stored. */
export const labelsContract = {
  get: query({
    scope: 'read',
    summary: 'Corrections, step labels and comparisons of a trace',
    input: ofTrace,
    output: traceLabelsSchema,
  }),
  correct: command({
    scope: 'review',
    summary: 'Says what an assistant message, a tool call or a step should have been',
    description:
      'Beside the original, which stays; as many as needed, each a preference pair. `problems`: where arguments do not fit the tool’s schema.',
    input: ofTrace.extend({ what: correctedSchema, comment }),
    inputBytes: labelBytes,
    output: correctionSchema.extend({ problems: z.array(z.string()) }),
    audited: labelNote('correction'),
  }),
  editCorrection: command({
    scope: 'review',
    summary: 'Says a correction anew; what it corrects stays the same',
    input: ofCorrection.extend({ what: correctedSchema, comment }),
    inputBytes: labelBytes,
    output: correctionSchema.extend({ problems: z.array(z.string()) }),
    audited: labelNote('correction'),
  }),
  removeCorrection: command({
    scope: 'review',
    summary: 'Takes a correction away',
    input: ofCorrection,
    output: z.object({ removed: z.boolean() }),
    audited: ({ correction_id }, { removed }) =>
      removed ? { action: 'review_changed', target: correction_id, details: { fields: ['correction'] } } : null,
  }),
  labelStep: command({
    scope: 'review',
    summary: 'Labels a step -1, 0 or 1, with a better one if wanted; a reviewer’s earlier label of it is replaced',
    input: ofTrace.extend({
      step_id: idSchema,
      value: stepValueSchema,
      better: betterStepSchema.nullable().default(null),
      comment,
    }),
    inputBytes: labelBytes,
    output: stepLabelSchema,
    audited: labelNote('step_label'),
  }),
  firstWrongStep: command({
    scope: 'review',
    summary: 'Names the first wrong step: -1 for it, 1 for those before it',
    description:
      'Only what the agent did is labelled: its messages, reasoning, tool calls and decisions. Labels of later steps go.',
    input: ofTrace.extend({ step_id: idSchema, comment }),
    output: z.object({ trace_id: idSchema, labelled: z.int(), removed: z.int() }),
    audited: labelNote('step_label'),
  }),
  removeStepLabel: command({
    scope: 'review',
    summary: 'Takes a step’s label away',
    input: ofStepLabel,
    output: z.object({ removed: z.boolean() }),
    audited: ({ step_label_id }, { removed }) =>
      removed ? { action: 'review_changed', target: step_label_id, details: { fields: ['step_label'] } } : null,
  }),
  export: query({
    scope: 'read',
    summary: 'A page of lines of the label file: see docs/review.md',
    input: z.object({ query: queryText, ...page }),
    output: pageSchema(jsonSchema),
  }),
  import: command({
    scope: 'review',
    summary: 'Takes lines of a label file; each is stored whole or not at all',
    description: 'Up to 100 lines. A line that names another reviewer than the token takes the scope admin.',
    input: z.object({
      lines: z.array(jsonSchema).max(100),
      import_id: idSchema.optional().describe('The same for all requests of one file: one undo takes all of it back'),
    }),
    inputBytes: labelBytes,
    output: z.object({
      results: z.array(
        z.object({
          outcome: z.enum(['stored', 'updated', 'unchanged', 'failed']),
          /** Where it failed: a code of the catalogue and what is wrong. */
          code: z.string().nullable(),
          message: z.string().nullable(),
        }),
      ),
    }),
    audited: (_, { results }) => ({
      action: 'labels_imported',
      details: {
        lines: results.length,
        taken: results.filter(({ outcome }) => outcome === 'stored' || outcome === 'updated').length,
      },
    }),
  }),
};

const alignedRow = z.object({
  /** `same`: both; `changed`: both, not the same; `a`, `b`: only there. */
  kind: z.enum(['same', 'changed', 'a', 'b']),
  /** Places in the lists, from 0; null where the side has none. */
  a: z.int().nullable(),
  b: z.int().nullable(),
});

export const comparisonsContract = {
  candidates: query({
    scope: 'read',
    summary: 'What a trace or a call can be compared with',
    description:
      'Of a call: other calls with the same parent (retries, regenerated answers). Of a trace: those with the same first ' +
      'words of the user, newest first.',
    input: z.object({ trace_id: idSchema, call_id: idSchema.nullish(), ...page }),
    output: pageSchema(
      z.object({
        trace: traceSummarySchema,
        call_id: idSchema.nullable(),
        model: z.string().nullable(),
        /** Why they can be compared. */
        relation: z.enum(['same_parent', 'same_task']),
        /** Of traces with the same task: whether the system prompt is the same too. */
        same_system: z.boolean().nullable(),
        compared: z.boolean(),
      }),
    ),
  }),
  align: query({
    scope: 'read',
    summary: 'The steps of two traces or calls side by side, by what they say; or one step of each',
    input: z.object({
      a_trace: idSchema,
      a_call: idSchema.nullish(),
      a_step: idSchema.nullish().describe('This step alone'),
      b_trace: idSchema,
      b_call: idSchema.nullish(),
      b_step: idSchema.nullish(),
    }),
    output: z.object({
      a: z.array(z.object({ step_id: idSchema, seq: z.int(), hash: z.string() })),
      b: z.array(z.object({ step_id: idSchema, seq: z.int(), hash: z.string() })),
      rows: z.array(alignedRow),
      /** The first row that is not the same; null where all are. */
      first_difference: z.int().nullable(),
      /** More steps than can be looked at: these are the first. */
      cut: z.boolean(),
    }),
  }),
  set: command({
    scope: 'review',
    summary: 'Says which of two is better; a reviewer’s earlier word on the two is replaced',
    input: z.object({ a: comparedSchema, b: comparedSchema, preferred: z.enum(preferences), reason: comment }),
    inputBytes: 128_000,
    output: comparisonSchema,
    audited: ({ a }) => ({ action: 'review_changed', target: a.trace_id, details: { fields: ['comparison'] } }),
  }),
  remove: command({
    scope: 'review',
    summary: 'Takes a comparison away',
    input: z.object({ comparison_id: idSchema }),
    output: z.object({ removed: z.boolean() }),
    audited: ({ comparison_id }, { removed }) =>
      removed ? { action: 'review_changed', target: comparison_id, details: { fields: ['comparison'] } } : null,
  }),
};

export const suggestionsContract = {
  get: query({
    scope: 'read',
    summary: 'What a reviewer might say of a trace, surest first',
    input: ofTrace,
    output: z.array(suggestionSchema),
  }),
  accept: command({
    scope: 'review',
    summary: 'Says what was suggested: all of it, or what is named',
    input: ofTrace.extend({
      suggestion_ids: z.array(z.string().max(64)).max(200).nullish().describe('Null: the surest of each field'),
    }),
    output: z.object({ trace_id: idSchema, accepted: z.array(suggestionSchema) }),
    audited: (_, { trace_id, accepted }) => ({
      action: 'review_changed',
      target: trace_id,
      details: { fields: [...new Set(accepted.map(({ field }) => field))], suggested: accepted.length },
    }),
  }),
};
