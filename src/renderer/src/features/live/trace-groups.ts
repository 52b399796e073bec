import type { LiveRow } from './live-row.js';

/** Head of the exchanges of one trace among the loaded ones, or of requests that belong to no agent's work. */
export interface GroupRow {
  id: string;
  startedAt: string;
  /** Null: exchanges that belong to no trace, and those still under way. */
  group: {
    trace_id: string | null;
    count: number;
    open: boolean;
    rows: LiveRow[];
    /** What these requests are, where they only serve the agent itself. */
    noise?: string;
  };
}
export type GroupedRow = LiveRow | GroupRow;

export const isGroup = (row: GroupedRow): row is GroupRow => 'group' in row;

/**
 * Rows by trace, the trace that something happened in last first, its exchanges newest first below its head. Grouping is
 * over what is loaded: scrolling on loads more.
 */
export function groupByTrace(rows: LiveRow[], closed: ReadonlySet<string>): GroupedRow[] {
  const groups = new Map<string, LiveRow[]>();
  for (const row of rows) {
    const key = row.done?.trace_id ?? '';
    const list = groups.get(key);
    if (list) list.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].flatMap(([key, list]): GroupedRow[] => {
    const open = !closed.has(key);
    const head: GroupRow = {
      id: `trace ${key}`,
      startedAt: list[0]?.startedAt ?? '',
      group: { trace_id: key === '' ? null : key, count: list.length, open, rows: list },
    };
    return open ? [head, ...list] : [head];
  });
}
