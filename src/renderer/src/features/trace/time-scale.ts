export interface Span {
  start: number;
  /** Milliseconds; at least 0. */
  duration: number;
}

export interface TimeScale {
  /** Share of the axis, 0..1, for a moment in milliseconds since the epoch. */
  at(time: number): number;
  /** Time that work took, with idle stretches (a person thinking, a night) cut short. */
  shown_ms: number;
}

/**
 * Axis for spans in real time order on which idle stretches take at most 2 % of the busy time each: otherwise one
 * coffee break would press a thousand steps into one pixel.
 */
export function timeScale(spans: Span[]): TimeScale {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const busy: { from: number; to: number }[] = [];
  for (const span of sorted) {
    const last = busy.at(-1);
    const to = span.start + Math.max(0, span.duration);
    if (last && span.start <= last.to) last.to = Math.max(last.to, to);
    else busy.push({ from: span.start, to });
  }
  const busyTotal = busy.reduce((sum, part) => sum + part.to - part.from, 0);
  const gapLimit = Math.max(250, busyTotal * 0.02);

  const offsets: number[] = [];
  let shown = 0;
  busy.forEach((part, index) => {
    const before = busy[index - 1];
    if (before) shown += Math.min(part.from - before.to, gapLimit);
    offsets.push(shown);
    shown += part.to - part.from;
  });
  const total = Math.max(shown, 1);

  return {
    shown_ms: shown,
    at(time) {
      let low = 0;
      let high = busy.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (busy[middle]!.from <= time) low = middle;
        else high = middle - 1;
      }
      const part = busy[low];
      if (!part) return 0;
      const inside = Math.min(Math.max(time - part.from, 0), part.to - part.from);
      return (offsets[low]! + inside) / total;
    },
  };
}
