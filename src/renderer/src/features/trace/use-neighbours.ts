import { useEffect, useMemo } from 'react';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { rememberTrace, useTracePages } from '../traces/index.js';

/** How many pages of the list are read to find the trace in it. */
const pagesSearched = 20;

/**
 * The traces before and after this one in the list it was opened from (`q` in the address; null: opened by a bare
 * link, then the list of all).
 */
export function useNeighbours(traceId: string, query: string, keep: Record<string, string | null>) {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useTracePages(query);
  const ids = useMemo(() => data?.pages.flatMap((page) => page.items.map((trace) => trace.trace_id)) ?? [], [data]);
  const at = ids.indexOf(traceId);
  const pages = data?.pages.length ?? 0;

  useEffect(() => {
    const wanted = at < 0 || at >= ids.length - 2;
    if (wanted && hasNextPage && !isFetchingNextPage && (at >= 0 || pages < pagesSearched)) void fetchNextPage();
  }, [at, ids.length, hasNextPage, isFetchingNextPage, pages, fetchNextPage]);
  useEffect(() => {
    if (at >= 0) rememberTrace(query, traceId);
  }, [at, query, traceId]);

  const to = (id: string | undefined) =>
    id === undefined ? null : () => go(hrefTo(`/traces/${id}`, { q: query, ...keep }));
  return { previous: at > 0 ? to(ids[at - 1]) : null, next: at >= 0 ? to(ids[at + 1]) : null };
}
