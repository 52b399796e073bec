import type { QaResults } from '../../../shared/model/index.js';

/** What finalize gets of a judge: always the two fields, and why there is no score. */
export interface ReasoningJudge {
  /**
   * Judges a trace's reasoning by the main rubric and stores the judgement; without a profile, without reasoning, and where
   * the model fails, `reasoning_score` is null and `reasoning_feedback` says why.
   */
  reasoning(
    traceId: string,
    options: { profile: string | null; signal: AbortSignal },
  ): Promise<Required<Pick<QaResults, 'reasoning_score' | 'reasoning_feedback'>>>;
}
