import type { Judgement, JudgeVote, Rubric } from '../../../shared/model/index.js';
import type { ReadReply } from './reply.js';
import { rounded, scaleOf } from './rubrics/parse.js';

export interface Voted {
  vote: JudgeVote;
  read: ReadReply;
}

type Together = Pick<
  Judgement,
  'score' | 'verdict' | 'dimensions' | 'feedback' | 'evidence' | 'unscored_reason' | 'confidence' | 'disagreement'
> & { first_wrong_step: number | null };

/**
 * What several answers come to: of each judge the mean of its samples, of the judges the mean; those without a score count nowhere.
 * Words and evidence are those of the answer nearest to the result. Confidence is the mean of the answers', times one less the
 * share of the scale that they lie apart.
 */
export function together(rubric: Rubric, voted: readonly Voted[]): Together {
  const scored = voted.filter(({ read }) => read.score !== null);
  if (scored.length === 0) {
    const [first] = voted;
    return {
      score: null,
      verdict: null,
      dimensions: {},
      feedback: first?.read.feedback ?? '',
      evidence: first?.read.evidence ?? [],
      first_wrong_step: null,
      unscored_reason: first?.read.unscored_reason ?? 'Nothing was asked.',
      confidence: null,
      disagreement: null,
    };
  }
  const { min, max } = scaleOf(rubric);
  const scores = scored.map(({ read }) => read.score as number);
  const score = rounded(meanOfJudges(scored, ({ read }) => read.score as number));
  const apart = Math.max(...scores) - Math.min(...scores);
  const nearest = scored.reduce((best, each) =>
    Math.abs((each.read.score as number) - score) < Math.abs((best.read.score as number) - score) ? each : best,
  );
  const confidence = mean(scored.map(({ read }) => read.confidence ?? 0)) * (1 - apart / (max - min));
  return {
    score,
    verdict: verdictOf(rubric, score),
    dimensions: Object.fromEntries(
      rubric.dimensions.map(({ id }) => [id, rounded(meanOfJudges(scored, ({ read }) => read.dimensions[id] ?? 0))]),
    ),
    feedback: nearest.read.feedback,
    evidence: nearest.read.evidence,
    first_wrong_step: mostNamed(scored.map(({ read }) => read.first_wrong_step)),
    unscored_reason: null,
    confidence: rounded(Math.min(1, Math.max(0, confidence))),
    disagreement: scored.length > 1 ? rounded(apart) : null,
  };
}

/** Accepted from `accept_from` of the scale on. */
export function verdictOf(rubric: Rubric, score: number): 'accepted' | 'rejected' {
  const { min, max } = scaleOf(rubric);
  return rounded((score - min) / (max - min)) >= rubric.accept_from ? 'accepted' : 'rejected';
}

function meanOfJudges(voted: readonly Voted[], of: (each: Voted) => number): number {
  const byJudge = new Map<string, number[]>();
  for (const each of voted) byJudge.set(each.vote.profile, [...(byJudge.get(each.vote.profile) ?? []), of(each)]);
  return mean([...byJudge.values()].map(mean));
}

/** The step that most name; of as many the earliest. Null counts as none named. */
function mostNamed(named: readonly (number | null)[]): number | null {
  const counts = new Map<number | null, number>();
  for (const each of named) counts.set(each, (counts.get(each) ?? 0) + 1);
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || (a ?? Infinity) - (b ?? Infinity));
  return first?.[0] ?? null;
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
