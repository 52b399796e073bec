/** What was said of one unit, by whom does not matter. */
export type Unit = readonly (string | number)[];

export type Metric = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's alpha for any number of reviewers and missing values: 1 minus the disagreement within units over the one among
 * all values ("Computing Krippendorff's Alpha-Reliability", 2011). Units with one value say nothing. Null where all values are
 * the same, or none can be paired. Values of `ordinal` and `interval` are numbers.
 */
export function alpha(units: readonly Unit[], metric: Metric): number | null {
  const paired = units.filter((unit) => unit.length > 1);
  const values = [...new Set(paired.flat())].sort((a, b) => (metric === 'nominal' ? 0 : Number(a) - Number(b)));
  const place = new Map(values.map((value, index) => [value, index]));
  const size = values.length;
  const coincidences = new Float64Array(size * size);
  const totals = new Float64Array(size);
  for (const unit of paired) {
    const counts = new Map<number, number>();
    for (const value of unit) {
      const index = place.get(value) as number;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    for (const [c, times] of counts) {
      totals[c] = (totals[c] as number) + times;
      for (const [k, others] of counts) {
        const pairs = times * (c === k ? others - 1 : others);
        coincidences[c * size + k] = (coincidences[c * size + k] as number) + pairs / (unit.length - 1);
      }
    }
  }
  const all = totals.reduce((sum, each) => sum + each, 0);
  const far = distanceOf(metric, values, totals);
  let observed = 0;
  let expected = 0;
  for (let c = 0; c < size; c++) {
    for (let k = 0; k < size; k++) {
      if (c === k) continue;
      const squared = far(c, k);
      observed += (coincidences[c * size + k] as number) * squared;
      expected += (totals[c] as number) * (totals[k] as number) * squared;
    }
  }
  return expected > 0 ? 1 - ((all - 1) * observed) / expected : null;
}

/** Squared differences of two values by their places. */
function distanceOf(
  metric: Metric,
  values: readonly (string | number)[],
  totals: Float64Array,
): (c: number, k: number) => number {
  if (metric === 'nominal') return () => 1;
  if (metric === 'interval') return (c, k) => (Number(values[c]) - Number(values[k])) ** 2;
  // How many values lie from one to the other, each of the two counted half.
  const below = [0];
  for (const total of totals) below.push((below.at(-1) as number) + total);
  const upTo = (index: number) => (below[index] as number) + (totals[index] as number) / 2;
  return (c, k) => (upTo(c) - upTo(k)) ** 2;
}
