/** Reasons with their counts, the most frequent first, as one line. */
export function reasonsText(reasons: Iterable<[string, number]>): string {
  return [...reasons]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} (${count.toLocaleString('en')})`)
    .join(', ');
}
