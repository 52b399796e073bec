import * as z from 'zod';
import type { Evidence, Rubric } from '../../../shared/model/index.js';
import { checkedEvidence } from './evidence.js';
import { rounded, scaleOf } from './rubrics/parse.js';
import type { ShownTrace } from './shown/shown-steps.js';

const said = {
  feedback: z.string(),
  evidence: z.array(z.object({ step: z.number(), quote: z.string(), dimension: z.string() })),
};
const stepsReply = z.object({
  steps: z.array(z.object({ step: z.number(), verdict: z.enum(['right', 'wrong', 'unsure']) })),
  first_wrong_step: z.number(),
  ...said,
});
const dimensionsReply = z.object({ dimensions: z.record(z.string(), z.number()), ...said });

/** What an answer has to be. Every field is asked for, since some servers take no optional ones; bounds are looked at afterwards. */
export function replySchema(rubric: Rubric): z.ZodType {
  if (rubric.task === 'steps') return stepsReply;
  const dimensions = z.object(Object.fromEntries(rubric.dimensions.map(({ id }) => [id, z.number()])));
  return z.object({ dimensions, ...said });
}

/** What an answer came to. Without a score there is a reason, never a zero in its place. */
export interface ReadReply {
  score: number | null;
  dimensions: { [id: string]: number };
  feedback: string;
  evidence: Evidence[];
  first_wrong_step: number | null;
  unscored_reason: string | null;
  confidence: number | null;
}

export function unscored(reason: string, feedback = ''): ReadReply {
  return {
    score: null,
    dimensions: {},
    feedback,
    evidence: [],
    first_wrong_step: null,
    unscored_reason: reason,
    confidence: null,
  };
}

/**
 * Reads an answer: the sum is made here, values off the scale and verdicts that contradict themselves leave it without a score.
 * Confidence is the share of its quotes that exist where it says; half where it quotes nothing.
 */
export function readReply(rubric: Rubric, raw: unknown, shown: ShownTrace): ReadReply {
  return rubric.task === 'steps' ? readSteps(raw, shown) : readDimensions(rubric, raw, shown);
}

function readDimensions(rubric: Rubric, raw: unknown, shown: ShownTrace): ReadReply {
  const parsed = dimensionsReply.safeParse(raw);
  if (!parsed.success) return unscored(`The answer does not fit the rubric: ${firstProblem(parsed.error)}.`);
  const { dimensions, feedback } = parsed.data;
  const evidence = checkedEvidence(parsed.data.evidence, shown);
  const values: { [id: string]: number } = {};
  for (const { id, min, max } of rubric.dimensions) {
    const value = Object.hasOwn(dimensions, id) ? dimensions[id] : undefined;
    if (value === undefined) return { ...unscored(`The answer has no value for ${id}.`, feedback), evidence };
    if (value < min || value > max) {
      const reason = `The answer leaves the scale: ${id} is ${value}, not from ${min} to ${max}.`;
      return { ...unscored(reason, feedback), evidence };
    }
    values[id] = value;
  }
  return {
    score: totalOf(rubric, values),
    dimensions: values,
    feedback,
    evidence,
    first_wrong_step: null,
    unscored_reason: null,
    confidence: confidenceOf(evidence),
  };
}

/** The sum of the values, or their weighted mean on the scale of the first dimension. */
export function totalOf(rubric: Rubric, values: { readonly [id: string]: number }): number {
  const { dimensions, combine } = rubric;
  if (combine === 'sum') {
    return rounded(dimensions.reduce((sum, { id, weight }) => sum + (values[id] as number) * weight, 0));
  }
  const { min, max } = scaleOf(rubric);
  const weights = dimensions.reduce((sum, { weight }) => sum + weight, 0);
  const share = dimensions.reduce(
    (sum, each) => sum + (((values[each.id] as number) - each.min) / (each.max - each.min)) * each.weight,
    0,
  );
  return rounded(min + (max - min) * (share / weights));
}

function readSteps(raw: unknown, shown: ShownTrace): ReadReply {
  const parsed = stepsReply.safeParse(raw);
  if (!parsed.success) return unscored(`The answer does not fit the rubric: ${firstProblem(parsed.error)}.`);
  const { steps, first_wrong_step: named, feedback } = parsed.data;
  const evidence = checkedEvidence(parsed.data.evidence, shown);
  const refused = (reason: string) => ({ ...unscored(reason, feedback), evidence });
  const own = new Set(shown.steps.filter(({ by }) => by === 'agent').map(({ number }) => number));
  const verdicts = new Map<number, string>();
  for (const { step, verdict } of steps) {
    if (!own.has(step)) return refused(`The answer judges step ${step}, which is no step of the agent that was shown.`);
    if (verdicts.has(step)) return refused(`The answer judges step ${step} twice.`);
    verdicts.set(step, verdict);
  }
  const missing = [...own].filter((step) => !verdicts.has(step));
  if (missing.length > 0) return refused(`The answer leaves out ${missing.length} of ${own.size} steps of the agent.`);
  const wrong = [...verdicts].filter(([, verdict]) => verdict === 'wrong').map(([step]) => step);
  const first = wrong.length === 0 ? 0 : Math.min(...wrong);
  if (first !== named) {
    return refused(
      `The answer contradicts itself: it names step ${named} as the first wrong one, and judges ${first === 0 ? 'none' : `step ${first}`} wrong first.`,
    );
  }
  const before = first === 0 ? own.size : [...own].filter((step) => step < first).length;
  return {
    score: own.size === 0 ? null : rounded(before / own.size),
    dimensions: {},
    feedback,
    evidence,
    first_wrong_step: first === 0 ? null : first,
    unscored_reason: null,
    confidence: confidenceOf(evidence),
  };
}

export function confidenceOf(evidence: readonly Pick<Evidence, 'found'>[]): number {
  return evidence.length === 0 ? 0.5 : rounded(evidence.filter(({ found }) => found).length / evidence.length);
}

function firstProblem({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? 'is not valid'}`;
}
