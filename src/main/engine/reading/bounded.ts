/** Characters of JSON that one page may have: it crosses the main thread twice, and that thread has others to answer. */
const pageChars = 2 * 1024 * 1024;

/** The page that `read` gives for a limit, with a smaller one as long as it is too large. It goes on at its own cursor. */
export function boundedPage<P extends { items: unknown[] } | null>(limit: number, read: (limit: number) => P): P {
  for (let size = limit; ; size = Math.ceil(size / 4)) {
    const page = read(size);
    if (page === null || page.items.length <= 1 || size === 1 || JSON.stringify(page.items).length <= pageChars) {
      return page;
    }
    // A page may be shorter than what was asked for.
    size = Math.min(size, page.items.length);
  }
}
