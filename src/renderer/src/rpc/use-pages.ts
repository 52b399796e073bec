import {
  type InfiniteData,
  type QueryClient,
  type QueryKey,
  type UndefinedInitialDataInfiniteOptions,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import type { Page } from '../../../shared/model/index.js';
import { mergeHead } from './merge-head.js';
import { oneAtATime } from './one-at-a-time.js';
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

/** Waits for what is being fetched under a key: it was asked before what the caller knows, and would overwrite it. */
export async function settled(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const query = queries.getQueryCache().find({ queryKey, exact: true });
  while (query?.state.fetchStatus === 'fetching') await query.promise;
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
  const latest = useRef({ queryKey, fetchPage, idOf });
  latest.current = { queryKey, fetchPage, idOf };

  // A tick that comes while a page is under way may tell of what that page does not have yet: it asks again.
  const refreshHead = useMemo(
    () =>
      oneAtATime(async () => {
        const { queryKey: key, fetchPage: fetch, idOf: id } = latest.current;
        try {
          await settled(queries, key);
          if (!queries.getQueryData<Data<T>>(key)) return;
          const head = await fetch(null);
          // Read anew meanwhile (a reload, a further page): what it brings would overwrite this.
          await settled(queries, key);
          queries.setQueryData<Data<T>>(key, (data) => data && mergeHead(data, head, id));
        } catch {
          // The list stays as it was; the connection banner tells, and reconnecting asks for everything again.
        }
      }),
    [queries],
  );
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
