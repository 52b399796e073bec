import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Page, TraceSummary } from '../../../../shared/model/index.js';
import { client, trpc } from '../../rpc/client.js';
import { mergeHead } from '../../rpc/merge-head.js';
import { oneAtATime } from '../../rpc/one-at-a-time.js';
import { settled } from '../../rpc/use-pages.js';

const pageSize = 100;
type ListData = InfiniteData<Page<TraceSummary>, string | null>;
const idOf = (trace: TraceSummary) => trace.trace_id;

function listKey(query: string) {
  return trpc.traces.list.infiniteQueryKey({ query, limit: pageSize });
}

/** The list of one query, page by page; shared by the traces page and by previous / next on a trace. */
export function useTracePages(query: string, enabled = true) {
  return useInfiniteQuery({
    queryKey: listKey(query) as readonly unknown[],
    queryFn: ({ pageParam, signal }): Promise<Page<TraceSummary>> =>
      client.traces.list.query({ query, limit: pageSize, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function replaceKnown(data: ListData, fresh: TraceSummary[]): ListData {
  const byId = new Map(fresh.map((trace) => [trace.trace_id, trace]));
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((trace) => byId.get(trace.trace_id) ?? trace),
  }));
  return { ...data, pages };
}

/** Page that holds the row at `index`; -1 for none. */
function pageOf(data: ListData, index: number): number {
  let end = 0;
  for (const [at, page] of data.pages.entries()) {
    end += page.items.length;
    if (index < end) return at;
  }
  return -1;
}

/**
 * A trace list that stays current. `refresh` (called on a tick) asks for the head and the page in view and updates
 * known rows in place; new traces are kept back while `atTop` says no, so that what the user reads never moves.
 */
export function useTraceList(query: string, atTop: () => boolean, indexInView: () => number) {
  const queries = useQueryClient();
  const pages = useTracePages(query);
  const [waiting, setWaiting] = useState<{ query: string; head: Page<TraceSummary>; count: number } | null>(null);

  const change = useCallback(
    (update: (data: ListData) => ListData) =>
      queries.setQueryData<ListData>(listKey(query) as readonly unknown[], (data) => (data ? update(data) : data)),
    [queries, query],
  );

  const refreshOnce = useCallback(async () => {
    const key = listKey(query) as readonly unknown[];
    await settled(queries, key);
    const data = queries.getQueryData<ListData>(key);
    if (!data) return;
    const view = pageOf(data, indexInView());
    const cursor = view > 0 ? data.pageParams[view] : null;
    const ask = (from: string | null) => client.traces.list.query({ query, limit: pageSize, cursor: from });
    const [head, inView] = await Promise.all([ask(null), cursor ? ask(cursor) : null]);
    await settled(queries, key);
    const known = new Set(data.pages.flatMap((page) => page.items.map(idOf)));
    const count = head.items.filter((trace) => !known.has(trace.trace_id)).length;
    const hold = count > 0 && known.size > 0 && !atTop();
    change((now) => {
      const current = inView ? replaceKnown(now, inView.items) : now;
      return hold || !atTop() ? replaceKnown(current, head.items) : mergeHead(current, head, idOf);
    });
    setWaiting(hold ? { query, head, count } : null);
  }, [queries, query, change, atTop, indexInView]);

  const refresh = useMemo(
    () =>
      oneAtATime(async () => {
        try {
          await refreshOnce();
        } catch {
          // The list stays as it was; the connection banner tells, and reconnecting asks for everything again.
        }
      }),
    [refreshOnce],
  );

  const current = waiting?.query === query ? waiting : null;
  /** Brings the kept-back traces in; where more came than one page holds, the list starts anew. */
  const showNew = useCallback(() => {
    if (current) change((data) => mergeHead(data, current.head, idOf));
    setWaiting(null);
  }, [current, change]);

  const remove = useCallback(
    (ids: ReadonlySet<string>) =>
      change((data) => ({
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.filter((trace) => !ids.has(trace.trace_id)) })),
      })),
    [change],
  );

  const traces = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  return { traces, pages, refresh, remove, showNew, newCount: current?.count ?? 0 };
}
