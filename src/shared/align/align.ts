import { commonRuns } from './diff.js';

/** `same`: both; `changed`: both, not the same; `a`, `b`: only there. Places are null where the side has none. */
export interface AlignedRow {
  kind: 'same' | 'changed' | 'a' | 'b';
  a: number | null;
  b: number | null;
}

export interface Alignment {
  rows: AlignedRow[];
  /** The first row that is not the same; null where all are. */
  first_difference: number | null;
}

/**
 * Two lists side by side. Between what they have in common, things of the same kind stand beside each other as changed, in order;
 * the others stand alone.
 * @param a hashes, as `stepHash` gives them: what is equal is the same
 * @param kinds what may stand beside what; without it anything may
 */
export function align(
  a: readonly string[],
  b: readonly string[],
  kinds?: { a: readonly string[]; b: readonly string[] },
): Alignment {
  const rows: AlignedRow[] = [];
  let [atA, atB] = [0, 0];
  for (const run of [...commonRuns(a, b), { a: a.length, b: b.length, length: 0 }]) {
    gap(rows, range(atA, run.a), range(atB, run.b), kinds);
    for (let offset = 0; offset < run.length; offset++)
      rows.push({ kind: 'same', a: run.a + offset, b: run.b + offset });
    [atA, atB] = [run.a + run.length, run.b + run.length];
  }
  const first = rows.findIndex(({ kind }) => kind !== 'same');
  return { rows, first_difference: first < 0 ? null : first };
}

function gap(
  rows: AlignedRow[],
  left: number[],
  right: number[],
  kinds: { a: readonly string[]; b: readonly string[] } | undefined,
): void {
  const pairs =
    kinds === undefined
      ? left.slice(0, right.length).map((a, index) => ({ a, b: right[index] as number, length: 1 }))
      : commonRuns(
          left.map((at) => kinds.a[at] as string),
          right.map((at) => kinds.b[at] as string),
        ).map((run) => ({ a: left[run.a] as number, b: right[run.b] as number, length: run.length }));
  let [atA, atB] = [0, 0];
  const alone = (untilA: number, untilB: number) => {
    for (; (left[atA] ?? untilA) < untilA; atA++) rows.push({ kind: 'a', a: left[atA] as number, b: null });
    for (; (right[atB] ?? untilB) < untilB; atB++) rows.push({ kind: 'b', a: null, b: right[atB] as number });
  };
  for (const pair of pairs) {
    alone(pair.a, pair.b);
    for (let offset = 0; offset < pair.length; offset++) {
      rows.push({ kind: 'changed', a: pair.a + offset, b: pair.b + offset });
      atA += 1;
      atB += 1;
    }
  }
  alone(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
