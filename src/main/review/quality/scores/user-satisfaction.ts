import type { Json } from '../../../../shared/model/index.js';
import { counted, mean, type TraceRule } from '../rule.js';

/** What people said of it: rating, label, scores of kind human, feedback in the trace. Their mean. */
export const userSatisfaction: TraceRule = {
  id: 'user_satisfaction',
  title: 'User satisfaction',
  description: 'Mean of what people said of it: rating, label, scores, feedback.',
  weight: 1.5,
  of({ trace }) {
    const ratings: { value: number; by: string; step?: string }[] = [];
    const { review } = trace;
    if (review != null && review.rating !== null)
      ratings.push({ value: (review.rating - 1) / 4, by: `rating ${review.rating} of 5` });
    if (review != null && review.label !== null)
      ratings.push({ value: Number(review.label === 'accepted'), by: review.label });
    const human = trace.scores.filter(({ kind, value }) => kind === 'human' && value >= 0 && value <= 1);
    if (human.length > 0) {
      ratings.push({
        value: mean(human.map(({ value }) => value)),
        by: counted(human.length, 'score by people', 'scores by people'),
      });
    }
    const feedback = trace.steps.flatMap((step) => {
      const value = step.type === 'user_feedback' ? feedbackOf(step.data, step.content) : null;
      return value === null ? [] : [{ value, step: step.step_id }];
    });
    if (feedback.length > 0) {
      ratings.push({
        value: mean(feedback.map(({ value }) => value)),
        by: counted(feedback.length, 'feedback', 'pieces of feedback'),
      });
    }
    if (ratings.length === 0) return { reason: 'Nobody said anything of it that can be counted.' };
    return {
      value: mean(ratings.map(({ value }) => value)),
      evidence: ratings.map(({ by }) => by).join(', '),
      steps: feedback.map(({ step }) => step),
    };
  },
};

const good = /^(?:👍|\+1|thumbs[_ -]?up|up|positive|like|liked|good|helpful|accepted|satisfied)\W*$/iu;
const bad = /^(?:👎|-1|thumbs[_ -]?down|down|negative|dislike|disliked|bad|unhelpful|rejected|unsatisfied)\W*$/iu;

/** 0 to 1 of a rating (1 to 5), a score (0 to 1) or a thumb; null where it is only words. */
function feedbackOf(data: Json | undefined, content: string): number | null {
  const fields = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {};
  const { rating, score, sentiment, thumbs, value } = fields;
  if (typeof rating === 'number' && rating >= 1 && rating <= 5) return (rating - 1) / 4;
  for (const number of [score, value]) if (typeof number === 'number' && number >= 0 && number <= 1) return number;
  for (const flag of [fields['positive'], fields['helpful']]) if (typeof flag === 'boolean') return Number(flag);
  for (const word of [sentiment, thumbs, rating, value, content]) {
    if (typeof word !== 'string') continue;
    if (good.test(word.trim())) return 1;
    if (bad.test(word.trim())) return 0;
  }
  return null;
}
