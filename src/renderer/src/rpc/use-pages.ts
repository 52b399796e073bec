import {
  type InfiniteData,
  type QueryKey,
  type UndefinedInitialDataInfiniteOptions,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import type { Page } from '../../../shared/model/index.js';
import { mergeHead } from './merge-head.js';
import { type Topic, useTick } from './ticks.js';

type Cursor = string | null;
type Data<T> = InfiniteData<Page<T>, Cursor>;

interface Options<T> {
  /** What identifies the list: normally `trpc.….list.infiniteQueryKey({ query })`, so that path filters find it. */
  queryKey: QueryKey;
  fetchPage: (cursor: Cursor, signal?: AbortSignal) => Promise<Page<T>>;
  idOf: (item: T) => string;
  /** Ticks that bring new rows at the head. */
  topics: Topic[];
  enabled?: boolean;
  /** Keeps what is shown as it is. */
  paused?: boolean;
}

export interface Pages<T> {
  items: T[];
  /** No answer yet for this query. */
  loading: boolean;
  error: unknown;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  /** Everything anew. */
  reload: () => void;
  /** Only the newest page, merged. */
  refreshHead: () => Promise<void>;
}

/** A list by cursor, newest first, that grows at its head with the ticks and at its end by `loadMore`. */
export function usePages<T>({
  queryKey,
  fetchPage,
  idOf,
  topics,
  enabled = true,
  paused = false,
}: Options<T>): Pages<T> {
  const queries = useQueryClient();
  const options: UndefinedInitialDataInfiniteOptions<Page<T>, Error, Data<T>, QueryKey, Cursor> = {
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
  };
  const query = useInfiniteQuery(options);
  const busy = useRef(false);
  const latest = useRef({ queryKey, fetchPage, idOf });
  latest.current = { queryKey, fetchPage, idOf };

  const refreshHead = useCallback(async () => {
    const { queryKey: key, fetchPage: fetch, idOf: id } = latest.current;
    if (busy.current || !queries.getQueryData<Data<T>>(key)) return;
    busy.current = true;
    try {
      const head = await fetch(null);
      queries.setQueryData<Data<T>>(key, (data) => data && mergeHead(data, head, id));
    } catch {
      // The list stays as it was; the connection banner tells, and reconnecting asks for everything again.
    } finally {
      busy.current = false;
    }
  }, [queries]);
  useTick(topics, enabled && !paused ? () => void refreshHead() : null);

  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const reload = useCallback(() => void refetch(), [refetch]);
  return {
    items,
    loading: query.isPending && enabled,
    error: query.error,
    hasMore: hasNextPage,
    loadingMore: isFetchingNextPage,
    loadMore,
    reload,
    refreshHead,
  };
}
