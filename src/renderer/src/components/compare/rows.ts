import type { AlignedRow } from '../../../../shared/align/align.js';

/** What stands in the list: a row, or a run of equal ones from `from` up to `to` that is folded. */
export type Shown = { kind: 'row'; row: number } | { kind: 'fold'; from: number; to: number };

/** Equal rows that stay in sight before and behind a difference. */
const context = 1;
/** A fold takes a line itself. */
const leastFolded = 3;

/** Rows of the list; runs of equal ones are folded, apart from those that were opened (by their first row). */
export function shownRows(rows: readonly AlignedRow[], fold: boolean, opened: ReadonlySet<number>): Shown[] {
  const shown: Shown[] = [];
  const stand = (from: number, to: number) => {
    for (let row = from; row < to; row++) shown.push({ kind: 'row', row });
  };
  for (let at = 0; at < rows.length; ) {
    let end = at;
    while (end < rows.length && rows[end]?.kind === 'same') end += 1;
    if (end === at) {
      stand(at, at + 1);
      at += 1;
      continue;
    }
    const from = at === 0 ? 0 : at + context;
    const to = end === rows.length ? end : end - context;
    if (!fold || to - from < leastFolded || opened.has(from)) stand(at, end);
    else {
      stand(at, from);
      shown.push({ kind: 'fold', from, to });
      stand(to, end);
    }
    at = end;
  }
  return shown;
}

/** Where a row stands in the list: by itself, or in the fold that holds it. */
export function placeOf(shown: readonly Shown[], row: number): number {
  let [low, high] = [0, shown.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const it = shown[middle] as Shown;
    if ((it.kind === 'row' ? it.row : it.from) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Rows that are not the same on both sides, in order. */
export function differencesOf(rows: readonly AlignedRow[]): number[] {
  return rows.flatMap(({ kind }, row) => (kind === 'same' ? [] : [row]));
}

export interface Counts {
  same: number;
  changed: number;
  a: number;
  b: number;
}

export function countRows(rows: readonly AlignedRow[]): Counts {
  const counts = { same: 0, changed: 0, a: 0, b: 0 };
  for (const { kind } of rows) counts[kind] += 1;
  return counts;
}
