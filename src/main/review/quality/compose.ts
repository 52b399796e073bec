import type { QualityScore, Trace } from '../../../shared/model/index.js';
import type { Outcome } from './rule.js';
import { qualityRules } from './scores/index.js';

/** Steps that a score names. */
const namedSteps = 20;

/** An outcome as it is kept. */
export function scoreOf(name: string, title: string, outcome: Outcome): QualityScore {
  if ('reason' in outcome) return { name, title, value: null, reason: outcome.reason, evidence: null, step_ids: [] };
  const steps = [...new Set(outcome.steps ?? [])].filter((step) => step !== null);
  return {
    name,
    title,
    value: rounded(Math.min(1, Math.max(0, outcome.value))),
    reason: null,
    evidence: outcome.evidence,
    step_ids: steps.slice(0, namedSteps),
  };
}

/**
 * `quality_score` is the weighted mean of the scores that have a value. `training_weight` is that, times 1.25 (at most 1) for what
 * a reviewer accepted, and 0 for what one rejected.
 */
export function composed(
  scores: readonly QualityScore[],
  label: NonNullable<Trace['review']>['label'],
): QualityScore[] {
  let sum = 0;
  let weights = 0;
  for (const { id, weight } of qualityRules) {
    const value = scores.find(({ name }) => name === id)?.value ?? null;
    if (value === null) continue;
    sum += weight * value;
    weights += weight;
  }
  const quality: Outcome =
    weights === 0
      ? { reason: 'None of its scores has a value.' }
      : {
          value: sum / weights,
          evidence: `weighted mean of ${scores.filter(({ value }) => value !== null).length} scores`,
        };
  const weight: Outcome =
    label === 'rejected'
      ? { value: 0, evidence: 'a reviewer rejected it' }
      : 'reason' in quality
        ? quality
        : label === 'accepted'
          ? { value: Math.min(1, quality.value * 1.25), evidence: 'quality_score times 1.25: a reviewer accepted it' }
          : { value: quality.value, evidence: 'quality_score' };
  return [
    ...scores,
    scoreOf('quality_score', 'Quality score', quality),
    scoreOf('training_weight', 'Training weight', weight),
  ];
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
