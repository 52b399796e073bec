/** Quantile of the standard normal distribution that two-sided 95% intervals use: `scipy.stats.norm.ppf(0.975)`. */
export const z95 = 1.959963984540054;

export const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

/** Mean of squared distances to the mean, divided by n, as numpy's `var` has it. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

export function covariance(a: readonly number[], b: readonly number[]): number {
  const [middleA, middleB] = [mean(a), mean(b)];
  return a.reduce((sum, value, index) => sum + (value - middleA) * ((b[index] as number) - middleB), 0) / a.length;
}
