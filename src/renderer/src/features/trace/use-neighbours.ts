import { useEffect, useMemo } from 'react';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { rememberTrace, useTraces } from '../traces/index.js';

/** How many pages of the list are read to find the trace in it. */
const pagesSearched = 20;

/**
 * The traces before and after this one in the list it was opened from (`q` in the address; null: opened by a bare
 * link, then the list of all).
 */
export function useNeighbours(traceId: string, query: string, keep: Record<string, string | null>) {
  const { items, read, hasMore, loadMore } = useTraces(query);
  const ids = useMemo(() => items.map((trace) => trace.trace_id), [items]);
  const at = ids.indexOf(traceId);

  useEffect(() => {
    const wanted = at < 0 || at >= ids.length - 2;
    if (wanted && hasMore && (at >= 0 || read < pagesSearched)) loadMore();
  }, [at, ids.length, hasMore, read, loadMore]);
  useEffect(() => {
    if (at >= 0) rememberTrace(query, traceId);
  }, [at, query, traceId]);

  const to = (id: string | undefined) =>
    id === undefined ? null : () => go(hrefTo(`/traces/${id}`, { q: query, ...keep }));
  return { previous: at > 0 ? to(ids[at - 1]) : null, next: at >= 0 ? to(ids[at + 1]) : null };
}
