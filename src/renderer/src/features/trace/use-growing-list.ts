import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

interface Options<T> {
  /** What the list belongs to; another key starts over. */
  key: string;
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<{ items: T[]; next_cursor: string | null }>;
  /** Cursor to go on from after these items, where the list only grows; without it the last page is read again. */
  resume?: (last: T) => string;
  /** Reads only while it is wanted: a tab that was never opened costs nothing. */
  enabled?: boolean;
}

export interface GrowingList<T> {
  items: T[];
  /** Everything up to now has been read. */
  complete: boolean;
  error: unknown;
  /** Nothing has come yet. */
  loading: boolean;
  /** Reads what has come since; after an error, what could not be read. */
  grow: () => void;
  reload: () => void;
}

interface State<T> {
  key: string;
  pages: { cursor: string | null; items: T[] }[];
  complete: boolean;
  error: unknown;
}

const noPages: never[] = [];
const empty = (key: string) => ({ key, pages: noPages, complete: false, error: null });

/**
 * A list in the order it grows, read page after page to its end and read on from there with every `grow`. Pages are
 * shown as they come: a trace of thousands of steps opens at once.
 */
export function useGrowingList<T>({ key, fetchPage, resume, enabled = true }: Options<T>): GrowingList<T> {
  const [state, setState] = useState<State<T>>(() => empty(key));
  const latest = useRef({ fetchPage, resume });
  latest.current = { fetchPage, resume };
  const run = useRef<{ abort: AbortController; again: boolean } | null>(null);
  const pages = useRef<{ key: string; list: State<T>['pages'] }>({ key, list: [] });

  const grow = useCallback(() => {
    if (run.current) {
      run.current.again = true;
      return;
    }
    const mine = { abort: new AbortController(), again: false };
    run.current = mine;
    const { signal } = mine.abort;
    const read = async () => {
      if (pages.current.key !== key) pages.current = { key, list: [] };
      do {
        mine.again = false;
        const done = pages.current.list;
        const lastItem = done.findLast((page) => page.items.length > 0)?.items.at(-1);
        const { resume: resumeFrom } = latest.current;
        const appends = resumeFrom !== undefined && lastItem !== undefined;
        let cursor = appends ? resumeFrom(lastItem) : (done.at(-1)?.cursor ?? null);
        let kept = appends ? done : done.slice(0, -1);
        for (;;) {
          const page = await latest.current.fetchPage(cursor, signal);
          if (signal.aborted) return;
          if (page.items.length > 0 || kept.length === 0) kept = [...kept, { cursor, items: page.items }];
          pages.current = { key, list: kept };
          setState({ key, pages: kept, complete: page.next_cursor === null, error: null });
          if (page.next_cursor === null) break;
          cursor = page.next_cursor;
        }
      } while (mine.again);
    };
    read()
      .catch((error: unknown) => {
        if (!signal.aborted) setState((before) => ({ ...before, key, error }));
      })
      .finally(() => {
        if (run.current === mine) run.current = null;
      });
  }, [key]);

  useEffect(() => {
    if (!enabled) return;
    grow();
    return () => {
      run.current?.abort.abort();
      run.current = null;
    };
  }, [enabled, grow]);

  const current = state.key === key ? state : empty(key);
  const items = useMemo(() => current.pages.flatMap((page) => page.items), [current.pages]);
  const { complete, error } = current;
  return { items, complete, error, loading: items.length === 0 && !complete && error === null, grow, reload: grow };
}
