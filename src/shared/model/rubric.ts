import * as z from 'zod';

/** Rubrics are data: what a judge is asked, of which part of a trace, and how its answers become a score. */

/** Parts of a trace that a rubric may show: everything else stays out of the prompt. */
export const rubricParts = [
  'task',
  'reasoning',
  'messages',
  'tool_calls',
  'tool_results',
  'decisions',
  'edits',
  'tests',
  'errors',
] as const;

export const rubricIdSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'small letters, digits and dashes, a letter first');

const dimensionSchema = z
  .strictObject({
    id: z
      .string()
      .max(64)
      .regex(/^[a-z][a-z0-9_]*$/, 'small letters, digits and underscores, a letter first'),
    title: z.string().min(1).max(120),
    /** What is asked, in one or two sentences. */
    question: z.string().min(1).max(1000),
    min: z.number().default(0),
    max: z.number().default(1),
    weight: z.number().positive().max(100).default(1),
    /** What a value means, by value. */
    anchors: z.record(z.string().regex(/^-?\d+(?:\.\d+)?$/, 'a number'), z.string().min(1).max(500)).default({}),
  })
  .refine(({ min, max }) => min < max, { message: 'min is below max', path: ['max'] })
  .refine(({ min, max, anchors }) => Object.keys(anchors).every((at) => Number(at) >= min && Number(at) <= max), {
    message: 'anchors lie on the scale',
    path: ['anchors'],
  });
export type RubricDimension = z.infer<typeof dimensionSchema>;

export const rubricTasks = ['dimensions', 'steps'] as const;

export const rubricSchema = z
  .strictObject({
    /** Of the file’s format. */
    format: z.literal('sluice-rubric').default('sluice-rubric'),
    id: rubricIdSchema,
    version: z
      .string()
      .max(40)
      .regex(/^[0-9A-Za-z][0-9A-Za-z.+-]*$/, 'letters, digits, dots and dashes'),
    title: z.string().min(1).max(120),
    description: z.string().max(1000).default(''),
    /** `dimensions`: a value for each; `steps`: right or wrong for each step of the agent, and the first wrong one. */
    task: z.enum(rubricTasks).default('dimensions'),
    /** Said to the judge before anything else. */
    instructions: z.string().min(1).max(4000),
    sees: z.array(z.enum(rubricParts)).min(1),
    dimensions: z.array(dimensionSchema).max(20).default([]),
    /** `sum`: of the dimensions; `mean`: weighted, each on its own share of the scale of the first. */
    combine: z.enum(['sum', 'mean']).default('sum'),
    /** Share of the scale (0..1) from which on the verdict is that the trace is accepted. */
    accept_from: z.number().min(0).max(1).default(0.7),
    /** Characters of the trace that are shown at most, and of one step; what is longer is reduced by the rule of docs/judges.md. */
    most_chars: z.int().min(1000).max(2_000_000).default(60_000),
    step_chars: z.int().min(200).max(200_000).default(6000),
    /** Sent where the profile takes one; null: none is sent. */
    temperature: z.number().min(0).max(2).nullable().default(0),
    timeout_s: z.number().min(1).max(600).default(60),
    /** Tokens of the answer. */
    most_tokens: z.int().min(64).max(32_000).default(1500),
    /** What a score of older data on another scale is, in words. */
    older_scale: z.string().max(500).optional(),
  })
  .superRefine((rubric, context) => {
    const ids = rubric.dimensions.map(({ id }) => id);
    if (rubric.task === 'dimensions' && ids.length === 0)
      context.addIssue({ code: 'custom', path: ['dimensions'], message: 'at least one dimension' });
    if (rubric.task === 'steps' && ids.length > 0)
      context.addIssue({ code: 'custom', path: ['dimensions'], message: 'a rubric of steps has no dimensions' });
    if (new Set(ids).size < ids.length)
      context.addIssue({ code: 'custom', path: ['dimensions'], message: 'each id once' });
  });
export type Rubric = z.infer<typeof rubricSchema>;

export const listedRubricSchema = z.object({
  rubric: rubricSchema,
  /** `own`: a file of the data folder, which can be changed and removed. */
  origin: z.enum(['shipped', 'own']),
  /** Lowercase hex SHA-256 of what it says: two of the same version with different hashes are not the same. */
  hash: z.string(),
  scale: z.object({ min: z.number(), max: z.number() }),
});
export type ListedRubric = z.infer<typeof listedRubricSchema>;

/** A file of the data folder that is no rubric, and why. */
export const brokenRubricSchema = z.object({ file: z.string(), problems: z.array(z.string()) });

/** The rubric that gives a trace its reasoning_score; its scores are named `judge`. */
export const mainRubric = 'reasoning';
