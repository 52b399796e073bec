import type { WantedTraces } from '../../../../shared/model/index.js';

/** A query has at most 100 conditions and 4,000 characters: more are sent by their ids. */
export const mostInQuery = 90;

/** What a query finds of what began up to now: what comes later is none of what was selected. */
export function matchingQuery(query: string, until: string): string {
  return query === '' ? `started:..${until}` : `(${query}) started:..${until}`;
}

/** Just these traces: as a query, which can be read and changed, where one can name them. */
export function justThese(ids: readonly string[]): WantedTraces {
  if (ids.length > mostInQuery) return { query: '', trace_ids: [...ids] };
  return { query: ids.map((id) => `id:${id}`).join(' OR ') };
}
