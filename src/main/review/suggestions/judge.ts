import type { Judgement, Score } from '../../../shared/model/index.js';
import type { Suggested, Suggester } from './suggester.js';

/** The scale of scores that others sent goes from 1 to 5; from here on it is content, up to there it is not. */
const [accepts, rejects] = [3.5, 2.5];

/** What judges gave, as ratings and labels, and the first wrong step; a name counts once, by its newest. */
export const judge: Suggester = {
  id: 'judge',
  title: 'Judge',
  suggest({ scores, judgements }) {
    const own = new Set(judgements.map(({ rubric }) => rubric));
    const sent = scores.filter(({ kind, rubric_id }) => kind === 'judge' && !own.has(rubric_id ?? ''));
    return [...judgements.flatMap(ofJudgement), ...ofScores(sent)];
  },
};

/** On the scale of its rubric. Where tests spoke no label is suggested by a judge: they outrank it. */
function ofJudgement({
  rubric,
  score,
  scale,
  feedback,
  confidence,
  combined,
  first_wrong_step,
}: Judgement): Suggested[] {
  if (score === null) return [];
  const because = feedback === '' ? '' : `: ${feedback.slice(0, 300)}`;
  const base = {
    step_id: null,
    source: 'judge',
    confidence: confidence ?? 0.5,
    evidence: `The judge gave ${score} of ${scale.max} by ${rubric}${because}`,
  } as const;
  const share = (score - scale.min) / (scale.max - scale.min);
  const suggested: Suggested[] = [{ ...base, field: 'rating', value: Math.round(1 + share * 4) }];
  if (combined.by === 'judge' && combined.verdict !== null) {
    suggested.push({ ...base, field: 'label', value: combined.verdict });
  }
  if (first_wrong_step?.step_id != null) {
    suggested.push({ ...base, field: 'step_label', value: -1, step_id: first_wrong_step.step_id });
  }
  return suggested;
}

function ofScores(scores: readonly Score[]): Suggested[] {
  const seen = new Set<string>();
  const suggested: Suggested[] = [];
  for (const { name, value, confidence, explanation } of scores) {
    if (seen.has(name) || value < 1 || value > 5) continue;
    seen.add(name);
    const because = explanation === undefined ? '' : `: ${explanation.slice(0, 300)}`;
    const base = {
      step_id: null,
      source: 'judge',
      evidence: `The judge gave ${value} for ${name}${because}`,
    } as const;
    const sure = confidence ?? Math.abs(value - 3) / 2;
    suggested.push({ ...base, field: 'rating', value: Math.round(value), confidence: sure });
    if (value >= accepts) suggested.push({ ...base, field: 'label', value: 'accepted', confidence: sure });
    if (value <= rejects) suggested.push({ ...base, field: 'label', value: 'rejected', confidence: sure });
  }
  return suggested;
}
