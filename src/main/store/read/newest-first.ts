import { SluiceError } from '../../../shared/errors.js';
import type { Page } from '../../../shared/model/index.js';

/** Lists in the reverse order of their rows: a cursor is the last row of the page before. */

/** @throws SluiceError `cursor_invalid` */
export function before(cursor: string | null): number {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new SluiceError('cursor_invalid', 'The cursor does not belong to this list.');
}

/** @param rows of the page, and one more where there is another page */
export function pageOf<R extends { id: number }, T>(rows: readonly R[], limit: number, of: (row: R) => T): Page<T> {
  const items = rows.slice(0, limit);
  return { items: items.map(of), next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}
