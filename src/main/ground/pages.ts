interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Every item of a list that is read page by page, in its order; a page is asked for when the one before is used up. */
export function* eachOf<T>(page: (cursor: string | null) => Page<T>): Generator<T> {
  let cursor: string | null = null;
  do {
    const { items, next_cursor }: Page<T> = page(cursor);
    yield* items;
    cursor = next_cursor;
  } while (cursor !== null);
}

/** The same where a page has to be waited for. */
export async function* eachOfAsync<T>(page: (cursor: string | null) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const { items, next_cursor }: Page<T> = await page(cursor);
    yield* items;
    cursor = next_cursor;
  } while (cursor !== null);
}

/** The first of them, `most` at most; no more is read. */
export function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count >= most) return;
    count += 1;
    yield item;
  }
}
