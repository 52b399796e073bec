import type { InfiniteData } from '@tanstack/react-query';
import type { Page } from '../../../shared/model/index.js';

type Data<T> = InfiniteData<Page<T>, string | null>;

/**
 * Puts a freshly read first page in front of what was loaded before. It replaces everything down to its own last item,
 * so that deleted rows go; where it does not reach what was loaded (more new rows than a page holds) it starts over.
 */
export function mergeHead<T>(data: Data<T>, head: Page<T>, idOf: (item: T) => string): Data<T> {
  const last = head.items.at(-1);
  const fresh: Data<T> = { pages: [head], pageParams: [null] };
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
