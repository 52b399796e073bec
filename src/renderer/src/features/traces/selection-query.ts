/** A query has at most 100 conditions and 4,000 characters. */
export const mostPicked = 90;

/** What a query finds of what began up to now: what comes later is none of what was selected. */
export function matchingQuery(query: string, until: string): string {
  return query === '' ? `started:..${until}` : `(${query}) started:..${until}`;
}

/** The query that finds just these traces; null for more than a query can name. */
export function selectionQuery(ids: readonly string[]): string | null {
  return ids.length > mostPicked ? null : ids.map((id) => `id:${id}`).join(' OR ');
}
