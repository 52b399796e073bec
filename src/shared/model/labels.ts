import * as z from 'zod';
import { idSchema, jsonSchema, timestampSchema } from './common.js';
import { reviewSchema } from './trace.js';

/** What reviewers say of a trace besides its review; every label belongs to the revision of the trace that it was said of. */

const longestText = 150_000;
const comment = z.string().max(20_000).describe('Why, in the reviewer’s words');
const labelFields = {
  trace_id: idSchema,
  /** Whoever said it: the name of a token, or of whoever labelled elsewhere. */
  reviewer: z.string().min(1).max(120),
  comment,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  /** `revision` of the trace as it was when this was said. */
  trace_revision: z.int().positive(),
  /** The trace has changed since: what was said may not fit any more. */
  stale: z.boolean(),
};

const toolArguments = z.object({ name: z.string().min(1).max(256), arguments: jsonSchema });
/** A message as it should have been: its text, what was thought before it, the tools it asks for. */
export const correctedMessageSchema = z.strictObject({
  content: z.string().max(longestText),
  reasoning: z.string().max(longestText).optional(),
  tool_calls: z
    .array(toolArguments.extend({ tool_call_id: z.string().max(256).optional() }))
    .max(128)
    .optional(),
});
export const correctedToolCallSchema = z.strictObject(toolArguments.shape);
export const correctedStepSchema = z.strictObject({ content: z.string().max(longestText) });

/** What is corrected, and what it should have been. The original stands in the trace, as it was. */
export const correctedSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('message'),
    /** The assistant’s answer of this call; `choice` where the call gave several. */
    call_id: idSchema,
    choice: z.int().min(0).max(127).default(0),
    corrected: correctedMessageSchema,
  }),
  z.strictObject({
    kind: z.literal('tool_call'),
    call_id: idSchema.nullable(),
    tool_call_id: z.string().min(1).max(256),
    corrected: correctedToolCallSchema,
  }),
  z.strictObject({ kind: z.literal('step'), step_id: idSchema, corrected: correctedStepSchema }),
]);
export type Corrected = z.infer<typeof correctedSchema>;

export const correctionSchema = z.object({ correction_id: idSchema, ...labelFields, what: correctedSchema });
export type Correction = z.infer<typeof correctionSchema>;

export const stepValueSchema = z.union([z.literal(-1), z.literal(0), z.literal(1)]);
/** What should have stood in a step’s place: words, or a tool call. */
export const betterStepSchema = z.union([correctedToolCallSchema, correctedStepSchema]);
export const stepLabelSchema = z.object({
  step_label_id: idSchema,
  ...labelFields,
  step_id: idSchema,
  /** -1: wrong, 0: neither, 1: right. */
  value: stepValueSchema,
  /** The first that is wrong: those before it are right. */
  first_wrong: z.boolean(),
  better: betterStepSchema.nullable(),
});
export type StepLabel = z.infer<typeof stepLabelSchema>;

export const preferences = ['a', 'b', 'tie', 'both_bad'] as const;
/** A trace, or one call of it. */
export const comparedSchema = z.strictObject({ trace_id: idSchema, call_id: idSchema.nullable().default(null) });
export type Compared = z.infer<typeof comparedSchema>;
export const comparisonSchema = z.object({
  comparison_id: idSchema,
  a: comparedSchema,
  b: comparedSchema,
  preferred: z.enum(preferences),
  reason: z.string().max(20_000),
  reviewer: labelFields.reviewer,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  a_revision: z.int().positive(),
  b_revision: z.int().positive(),
  stale: z.boolean(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** All that was said of a trace besides its review, each list oldest first. */
export const traceLabelsSchema = z.object({
  trace_id: idSchema,
  corrections: z.array(correctionSchema),
  step_labels: z.array(stepLabelSchema),
  comparisons: z.array(comparisonSchema),
});
export type TraceLabels = z.infer<typeof traceLabelsSchema>;

/** The first line of a label file. */
export const labelHeadSchema = z.looseObject({ format: z.literal('sluice-labels'), version: z.literal(1) });
export const labelFormat = { format: 'sluice-labels', version: 1 } as const;

/** A line of a label file: `sluice labels export` writes it, `sluice labels import` takes it. What is `stale` is not taken over. */
export const labelLineSchema = z.discriminatedUnion('type', [
  reviewSchema.extend({ type: z.literal('review'), updated_at: timestampSchema }),
  correctionSchema.extend({ type: z.literal('correction') }).partial({ stale: true }),
  stepLabelSchema.extend({ type: z.literal('step_label') }).partial({ stale: true }),
  comparisonSchema.extend({ type: z.literal('comparison') }).partial({ stale: true }),
]);
export type LabelLine = z.infer<typeof labelLineSchema>;

export const suggestionFields = ['label', 'rating', 'tag', 'step_label'] as const;
export const suggestionSources = ['rule', 'judge', 'duplicate'] as const;
/** What a reviewer might say, from what is known already. */
export const suggestionSchema = z.object({
  /** The same as long as it says the same of the same. */
  suggestion_id: z.string(),
  field: z.enum(suggestionFields),
  /** Of the field: a label, 1 to 5, a tag, -1 to 1. */
  value: z.union([z.string(), z.number()]),
  step_id: idSchema.nullable(),
  confidence: z.number().min(0).max(1),
  source: z.enum(suggestionSources),
  /** Who suggests it, e.g. `scores`; see `lists`. */
  suggester: z.string(),
  /** What it rests on, in one sentence. */
  evidence: z.string(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** What a reviewer did last and can take back. */
export const reviewActSchema = z.object({
  act_id: idSchema,
  reviewer: z.string(),
  /** `submit`, `review`, `correct`, …: see docs/review.md. */
  kind: z.string(),
  title: z.string(),
  at: timestampSchema,
  undone: z.boolean(),
  /** Things that it changed. */
  changes: z.int(),
  /** Traces that it was about; the first 20. */
  trace_ids: z.array(idSchema),
});
export type ReviewAct = z.infer<typeof reviewActSchema>;

/** What an undo or redo came to. */
export const undoneSchema = z.object({
  /** Null where there was nothing to take back, or to do again. */
  act: reviewActSchema.nullable(),
  /** What was changed back. */
  changed: z.int(),
  /** What somebody changed since, or deleted: it stays as it is. */
  skipped: z.int(),
  /** Titles of what the next undo and redo would do. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
});
export type Undone = z.infer<typeof undoneSchema>;
