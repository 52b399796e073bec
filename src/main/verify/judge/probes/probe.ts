import type { ListedRubric, Measured, Step } from '../../../../shared/model/index.js';
import type { Budget } from '../../../ground/language-model.js';
import { reduce } from '../../../ground/reduce.js';
import { type JudgedTrace, type Judging, judgeTrace, type Made } from '../judge-trace.js';
import { shownSteps } from '../shown/shown-steps.js';
import { measuredShare } from '../trust/measured.js';

/** How a judge is probed: it is asked as it is asked of traces, and nothing of it is kept but what it came to. */
export interface Probing {
  judging: Judging;
  /** Siblings that go wrong of the traces that faults are planted into, made elsewhere. */
  siblings: readonly WrongSibling[];
  rubric: ListedRubric;
  profile: string;
  budget?: Budget;
  /** What pays: see `CompletionRequest`. */
  account: string;
  signal: AbortSignal;
  /** Counts an answer. */
  told(cost_usd: number | null, cached: boolean): void;
}

/** A trace beside itself gone wrong: what its agent did in both, and the first step that is wrong of the second. */
export interface WrongSibling {
  trace_id: string;
  /** The kind of fault. */
  kind: string;
  clean: Step[];
  wrong: Step[];
  step_id: string;
}

export interface Answer {
  share: number;
  verdict: Made['verdict'];
  first_wrong_step: Made['first_wrong_step'];
}

/** What the judge says of a trace; null where it gives no score. */
export async function askedOf(probing: Probing, trace: JudgedTrace): Promise<Answer | null> {
  const { judging, rubric, profile, budget, account, signal } = probing;
  const made = await judgeTrace(judging, trace, {
    rubric,
    profiles: [profile],
    samples: 1,
    // Traces are made up, or changed: nobody judges his own.
    allowOwn: [profile],
    account,
    signal,
    purpose: 'probe',
    ...(budget === undefined ? {} : { budget }),
  });
  probing.told(made.cost_usd, made.cached);
  if (made.score === null) return null;
  const { min, max } = made.scale;
  return {
    share: (made.score - min) / (max - min),
    verdict: made.verdict,
    first_wrong_step: made.first_wrong_step,
  };
}

/** Whether a rubric shows the two differently, by what is left of long ones. */
export function visible({ rubric }: ListedRubric, a: JudgedTrace, b: JudgedTrace): boolean {
  const text = (trace: JudgedTrace) =>
    JSON.stringify(reduce(shownSteps(trace, rubric.sees), rubric).steps.map(({ label, text: said }) => [label, said]));
  return text(a) !== text(b);
}

/** Whether a rubric shows this step, as one of the agent: nobody can name another one as wrong. */
export function namable({ rubric }: ListedRubric, trace: JudgedTrace, stepId: string): boolean {
  const { steps } = reduce(shownSteps(trace, rubric.sees), rubric);
  return steps.some(({ step_id, by }) => step_id === stepId && by === 'agent');
}

export interface Outcome {
  group: string;
  hit: boolean;
}

/** The share of hits, over all and by group. */
export function shares(outcomes: readonly Outcome[]): { rate: Measured; by: { [group: string]: Measured } } {
  const share = (some: readonly Outcome[], fewest?: number) =>
    measuredShare(some.filter(({ hit }) => hit).length, some.length, fewest);
  const groups = Map.groupBy(outcomes, ({ group }) => group);
  return {
    rate: share(outcomes),
    // A kind has few cases by its nature: it is shown from the first on, its interval says how little that is.
    by: Object.fromEntries([...groups].map(([group, some]) => [group, share(some, 1)])),
  };
}
