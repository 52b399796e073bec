/** The value below which `share` of the values lie; 0 for none. Sorts in place. */
export function percentile(values: number[] | Float64Array, share: number): number {
  if (values.length === 0) return 0;
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] as number;
}

export function median(values: number[]): number {
  return percentile([...values], 0.5);
}
