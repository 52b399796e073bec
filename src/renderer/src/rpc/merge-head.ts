import type { InfiniteData } from '@tanstack/react-query';
import type { Page } from '../../../shared/model/index.js';

export type Cursor = string | null;
export type PagesData<T> = InfiniteData<Page<T>, Cursor>;

/**
 * Puts a freshly read first page in front of what was loaded before. It replaces everything down to its own last item,
 * so that deleted rows go; where it does not reach what was loaded (more new rows than a page holds) it starts over.
 */
export function mergeHead<T>(data: PagesData<T>, head: Page<T>, idOf: (item: T) => string): PagesData<T> {
  const last = head.items.at(-1);
  const fresh: PagesData<T> = { pages: [head], pageParams: [null] };
  if (!last || head.next_cursor === null) return fresh;
  const lastId = idOf(last);
  for (const [index, page] of data.pages.entries()) {
    const at = page.items.findIndex((item) => idOf(item) === lastId);
    if (at < 0) continue;
    const joined: Page<T> = { items: [...head.items, ...page.items.slice(at + 1)], next_cursor: page.next_cursor };
    return { pages: [joined, ...data.pages.slice(index + 1)], pageParams: [null, ...data.pageParams.slice(index + 1)] };
  }
  return fresh;
}

/** Takes over what changed in rows that are there; none comes, goes or moves. */
export function refreshRows<T>(data: PagesData<T>, fresh: readonly T[], idOf: (item: T) => string): PagesData<T> {
  const byId = new Map(fresh.map((item) => [idOf(item), item]));
  const pages = data.pages.map((page) => ({ ...page, items: page.items.map((item) => byId.get(idOf(item)) ?? item) }));
  return { ...data, pages };
}

/** Takes rows out. */
export function without<T>(data: PagesData<T>, ids: ReadonlySet<string>, idOf: (item: T) => string): PagesData<T> {
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => !ids.has(idOf(item))) }));
  return { ...data, pages };
}

/** Where the page that holds the row at `index` begins; null for the first page and for a row that is in none. */
export function cursorOfRow<T>(data: PagesData<T>, index: number): Cursor {
  let end = 0;
  for (const [at, page] of data.pages.entries()) {
    end += page.items.length;
    if (index < end) return data.pageParams[at] ?? null;
  }
  return null;
}
