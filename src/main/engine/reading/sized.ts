import type { Large } from '../../../shared/contract/operation.js';

/** Characters of JSON that an answer may have to go as it is. Each of its values costs the main thread some time, twice. */
const smallChars = 32 * 1024;
/** The same of one page. */
const pageChars = 2 * 1024 * 1024;

/** What is large as JSON, which the main thread only passes on. */
export function sized<T extends object | null>(value: T): Large<NonNullable<T>> | (T & null) {
  return value === null ? value : asJson(value, JSON.stringify(value));
}

function asJson<T>(value: T, text: string): Large<T> {
  return text.length <= smallChars ? value : new TextEncoder().encode(text);
}

/** The page that `read` gives for a limit, with a smaller one as long as it is too large. It goes on at its own cursor. */
export function sizedPage<P extends { items: unknown[] } | null>(
  limit: number,
  read: (limit: number) => P,
): Large<NonNullable<P>> | (P & null) {
  for (let size = limit; ; size = Math.ceil(size / 4)) {
    const page = read(size);
    if (page === null) return page;
    const text = JSON.stringify(page);
    if (page.items.length <= 1 || size === 1 || text.length <= pageChars) return asJson(page, text);
    // A page may be shorter than what was asked for.
    size = Math.min(size, page.items.length);
  }
}
