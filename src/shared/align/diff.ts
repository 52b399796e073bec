/** Runs of places that two lists have in common, in order: `a[a + i]` is `b[b + i]` for each `i` below `length`. */
export interface CommonRun {
  a: number;
  b: number;
  length: number;
}

/** Between anchors so many differences are looked for exactly; what lies further apart is taken for replaced. */
const mostDifferences = 2000;

/**
 * A longest common subsequence of two lists by Myers' O(ND) algorithm, between anchors where there are many: values that stand
 * once in both lists, in an order that both have (patience diff). So lists of tens of thousands stay cheap.
 */
export function commonRuns(a: readonly string[], b: readonly string[]): CommonRun[] {
  const runs: CommonRun[] = [];
  between(a, b, { a: 0, b: 0 }, { a: a.length, b: b.length }, runs, 0);
  return joined(runs);
}

interface Place {
  a: number;
  b: number;
}

function between(
  a: readonly string[],
  b: readonly string[],
  from: Place,
  to: Place,
  runs: CommonRun[],
  depth: number,
): void {
  const start = { ...from };
  const end = { ...to };
  while (start.a < end.a && start.b < end.b && a[start.a] === b[start.b]) {
    start.a += 1;
    start.b += 1;
  }
  if (start.a > from.a) runs.push({ a: from.a, b: from.b, length: start.a - from.a });
  while (end.a > start.a && end.b > start.b && a[end.a - 1] === b[end.b - 1]) {
    end.a -= 1;
    end.b -= 1;
  }
  const tail = { a: end.a, b: end.b, length: to.a - end.a };
  if (start.a < end.a && start.b < end.b) {
    const size = end.a - start.a + (end.b - start.b);
    const anchors = size > mostDifferences && depth < 20 ? anchorsOf(a, b, start, end) : [];
    if (anchors.length === 0) runs.push(...myers(a, b, start, end));
    else {
      let last = start;
      for (const anchor of anchors) {
        between(a, b, last, anchor, runs, depth + 1);
        runs.push({ ...anchor, length: 1 });
        last = { a: anchor.a + 1, b: anchor.b + 1 };
      }
      between(a, b, last, end, runs, depth + 1);
    }
  }
  if (tail.length > 0) runs.push(tail);
}

/** Values that stand once in both, as far as they rise in both: the longest such row. */
function anchorsOf(a: readonly string[], b: readonly string[], start: Place, end: Place): Place[] {
  const inA = onceIn(a, start.a, end.a);
  const inB = onceIn(b, start.b, end.b);
  const places: Place[] = [];
  for (const [value, at] of inA) {
    const other = inB.get(value);
    if (at >= 0 && other !== undefined && other >= 0) places.push({ a: at, b: other });
  }
  places.sort((x, y) => x.a - y.a);
  // Longest increasing row of `b` by patience sorting.
  const tops: number[] = [];
  const before = new Int32Array(places.length).fill(-1);
  for (const [index, place] of places.entries()) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[tops[middle] as number] as Place).b < place.b) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tops[low - 1] as number;
    tops[low] = index;
  }
  const row: Place[] = [];
  for (let index = tops.at(-1) ?? -1; index >= 0; index = before[index] as number) row.push(places[index] as Place);
  return row.reverse();
}

/** Place of each value; -1 of one that stands there twice. */
function onceIn(list: readonly string[], start: number, end: number): Map<string, number> {
  const places = new Map<string, number>();
  for (let at = start; at < end; at++) {
    const value = list[at] as string;
    places.set(value, places.has(value) ? -1 : at);
  }
  return places;
}

function myers(a: readonly string[], b: readonly string[], start: Place, end: Place): CommonRun[] {
  const [rows, columns] = [end.a - start.a, end.b - start.b];
  const most = Math.min(rows + columns, mostDifferences);
  const furthest = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const trace: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences++) {
    trace.push(furthest.slice(middle - differences - 1, middle + differences + 2));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const [left, right] = [furthest[middle + diagonal - 1] as number, furthest[middle + diagonal + 1] as number];
      let x = diagonal === -differences || (diagonal !== differences && left < right) ? right : left + 1;
      let y = x - diagonal;
      while (x < rows && y < columns && a[start.a + x] === b[start.b + y]) {
        x += 1;
        y += 1;
      }
      furthest[middle + diagonal] = x;
      if (x >= rows && y >= columns) return wayBack(trace, differences, rows, columns, start);
    }
  }
  return [];
}

/** The way that led to the end, from it back to the start. */
function wayBack(trace: Int32Array[], differences: number, rows: number, columns: number, start: Place): CommonRun[] {
  const runs: CommonRun[] = [];
  let [x, y] = [rows, columns];
  for (let d = differences; d >= 0; d--) {
    const state = trace[d] as Int32Array;
    const at = (diagonal: number) => state[diagonal + d + 1] as number;
    const diagonal = x - y;
    const down = diagonal === -d || (diagonal !== d && at(diagonal - 1) < at(diagonal + 1));
    const previous = down ? diagonal + 1 : diagonal - 1;
    const [fromX, fromY] = d === 0 ? [0, 0] : [at(previous), at(previous) - previous];
    const begun = d === 0 ? 0 : down ? fromX : fromX + 1;
    const length = x - begun;
    if (length > 0) runs.push({ a: start.a + begun, b: start.b + y - length, length });
    [x, y] = [fromX, fromY];
  }
  return runs.reverse();
}

function joined(runs: readonly CommonRun[]): CommonRun[] {
  const whole: CommonRun[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (last && last.a + last.length === run.a && last.b + last.length === run.b) last.length += run.length;
    else whole.push({ ...run });
  }
  return whole;
}
