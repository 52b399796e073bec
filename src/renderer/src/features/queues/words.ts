export const orders = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'random', label: 'At random, by the seed' },
  { value: 'errors', label: 'Most errors first' },
  { value: 'score', label: 'By a score, lowest first' },
  { value: '-score', label: 'By a score, highest first' },
] as const;

export function orderTitle(order: string): string {
  const score = /^(-?)score\.(.+)$/.exec(order);
  if (score) return `${score[2]}, ${score[1] === '-' ? 'highest' : 'lowest'} first`;
  return orders.find(({ value }) => value === order)?.label ?? order;
}

/** How strong an agreement beyond chance is, in the words of Landis and Koch (1977). */
export function strength(value: number): string {
  if (value < 0) return 'less than chance';
  if (value <= 0.2) return 'slight';
  if (value <= 0.4) return 'fair';
  if (value <= 0.6) return 'moderate';
  if (value <= 0.8) return 'substantial';
  return 'almost perfect';
}
