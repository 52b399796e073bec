import { covariance, mean, variance, z95 } from './normal.js';

export interface PpiMean {
  value: number;
  interval: [number, number];
  /** Weight of the judge's answers, 0 to 1. */
  lambda: number;
}

/**
 * Mean by prediction-powered inference with power tuning (PPI++, Angelopoulos, Duchi and Zrnic 2023): the judge's answers to all,
 * set right by what people said of some. With a judge that says nothing it is the mean of what people said.
 * @param people what people said of the labelled cases
 * @param judge what the judge said of the same, in the same order
 * @param rest what the judge said of the cases that nobody labelled
 */
export function ppiMean(people: readonly number[], judge: readonly number[], rest: readonly number[]): PpiMean | null {
  const [n, all] = [people.length, rest.length];
  if (n < 2 || all === 0) return null;
  const answers = [...judge, ...rest];
  const spread = (variance(answers) * answers.length) / (answers.length - 1);
  const weight = spread === 0 ? 0 : covariance(people, judge) / ((1 + n / all) * spread);
  const lambda = Math.min(1, Math.max(0, weight));
  const rectified = people.map((value, index) => value - lambda * (judge[index] as number));
  const value = lambda * mean(rest) + mean(rectified);
  const half = z95 * Math.sqrt((lambda ** 2 * variance(rest)) / all + variance(rectified) / n);
  return { value, interval: [value - half, value + half], lambda };
}
