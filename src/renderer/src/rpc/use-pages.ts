import {
  hashKey,
  type QueryClient,
  type QueryKey,
  type UndefinedInitialDataInfiniteOptions,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Page } from '../../../shared/model/index.js';
import { type Cursor, cursorOfRow, mergeHead, type PagesData, refreshRows, without } from './merge-head.js';
import { oneAtATime } from './one-at-a-time.js';
import { type Topic, useTick } from './ticks.js';

/** Where the reader is in the list. */
export interface View {
  atTop: () => boolean;
  /** The first row in sight. */
  row: () => number;
}

interface Options<T> {
  /** What identifies the list: normally `trpc.….list.infiniteQueryKey({ query })`, so that path filters find it. */
  queryKey: QueryKey;
  fetchPage: (cursor: Cursor, signal?: AbortSignal) => Promise<Page<T>>;
  idOf: (item: T) => string;
  /** Ticks that bring new rows at the head; none for a list that stays as it was read. */
  topics: Topic[];
  /** False: nothing is read before `loadMore`. */
  enabled?: boolean;
  /** Keeps what is shown as it is. */
  paused?: boolean;
  /** Keeps new rows back (`newCount`, `showNew`) while the reader is not at the top, and renews the page in sight too. */
  view?: View;
}

export interface Pages<T> {
  items: T[];
  /** No answer yet for this query. */
  loading: boolean;
  error: unknown;
  /** How many pages were read. */
  read: number;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  /** Everything anew. */
  reload: () => void;
  /** Only what a tick asks for: the newest page and, with a view, the one in sight. */
  refresh: () => Promise<void>;
  /** New rows that are kept back. */
  newCount: number;
  /** Brings them in; where more came than one page holds, the list starts anew. */
  showNew: () => void;
  /** Takes rows out that no longer exist. */
  remove: (ids: ReadonlySet<string>) => void;
}

/** Waits for what is being fetched under a key: it was asked before what the caller knows, and would overwrite it. */
async function settled(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const query = queries.getQueryCache().find({ queryKey, exact: true });
  while (query?.state.fetchStatus === 'fetching') await query.promise;
}

/**
 * The list of the studio: by cursor, grown at its end by `loadMore` and at its head by ticks, in the cache under its
 * key, so that who comes back finds the same rows in the same place.
 */
export function usePages<T>(options: Options<T>): Pages<T> {
  const { queryKey, fetchPage, topics, enabled = true, paused = false, view } = options;
  const queries = useQueryClient();
  const infinite: UndefinedInitialDataInfiniteOptions<Page<T>, Error, PagesData<T>, QueryKey, Cursor> = {
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
    // What is renewed in sight, or never changes, is not read anew from its first page on because time passed.
    ...((view || topics.length === 0) && { staleTime: Number.POSITIVE_INFINITY }),
  };
  const query = useInfiniteQuery(infinite);
  const latest = useRef(options);
  latest.current = options;
  const hash = hashKey(queryKey);
  const [held, setHeld] = useState<{ hash: string; head: Page<T>; count: number } | null>(null);

  // A tick that comes while a page is under way may tell of what that page does not have yet: it asks again.
  const refresh = useMemo(
    () =>
      oneAtATime(async () => {
        const { queryKey: key, fetchPage: fetch, idOf, view: reader } = latest.current;
        try {
          await settled(queries, key);
          const before = queries.getQueryData<PagesData<T>>(key);
          if (!before) return;
          const cursor = reader ? cursorOfRow(before, reader.row()) : null;
          const [head, inSight] = await Promise.all([fetch(null), cursor === null ? null : fetch(cursor)]);
          // Read anew meanwhile (a reload, a further page): what it brings would overwrite this.
          await settled(queries, key);
          const shownIds = new Set(before.pages.flatMap((page) => page.items.map(idOf)));
          const count = head.items.filter((item) => !shownIds.has(idOf(item))).length;
          const stays = reader !== undefined && !reader.atTop() && shownIds.size > 0;
          queries.setQueryData<PagesData<T>>(key, (data) => {
            if (!data) return data;
            const now = inSight ? refreshRows(data, inSight.items, idOf) : data;
            return stays ? refreshRows(now, head.items, idOf) : mergeHead(now, head, idOf);
          });
          setHeld(stays && count > 0 ? { hash: hashKey(key), head, count } : null);
        } catch {
          // The list stays as it was; the connection banner tells, and reconnecting asks for everything again.
        }
      }),
    [queries],
  );
  const ticking = enabled && !paused && topics.length > 0;
  useTick(topics, ticking ? () => void refresh() : null);
  // Ticks that came while nobody showed this list were heard by nobody.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each list that is shown
  useEffect(() => {
    if (ticking && queries.getQueryData(latest.current.queryKey)) void refresh();
  }, [hash]);

  const change = useCallback(
    (update: (data: PagesData<T>) => PagesData<T>) =>
      queries.setQueryData<PagesData<T>>(latest.current.queryKey, (data) => data && update(data)),
    [queries],
  );
  const current = held?.hash === hash ? held : null;
  const showNew = useCallback(() => {
    if (current) change((data) => mergeHead(data, current.head, latest.current.idOf));
    setHeld(null);
  }, [current, change]);
  const remove = useCallback(
    (ids: ReadonlySet<string>) => change((data) => without(data, ids, latest.current.idOf)),
    [change],
  );

  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { fetchNextPage, hasNextPage, isFetching, isFetchingNextPage, isPending, refetch } = query;
  const loadMore = useCallback(() => {
    if (isPending) void refetch();
    else if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, isPending, refetch]);
  const reload = useCallback(() => void refetch(), [refetch]);
  return {
    items,
    loading: isPending && enabled,
    error: query.error,
    read: query.data?.pages.length ?? 0,
    hasMore: hasNextPage,
    loadingMore: isFetchingNextPage || (isPending && isFetching && !enabled),
    loadMore,
    reload,
    refresh,
    newCount: current?.count ?? 0,
    showNew,
    remove,
  };
}
