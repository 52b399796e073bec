import { backgroundKind } from '../../../../shared/background-requests.js';
import type { LiveRow } from './live-row.js';
import type { GroupedRow } from './trace-groups.js';

/** What a row is that belongs to no trace and only serves the agent itself (telemetry, sign-in, lists); null for others. */
export function noiseOf(row: LiveRow): string | null {
  if (row.done !== null && row.done.trace_id !== null) return null;
  const { method, url } = row.flight ?? row.done;
  return backgroundKind(method, url);
}

/** Rows with such requests, where they follow each other, below one head that names them; closed unless it was opened. */
export function foldNoise(rows: LiveRow[], opened: ReadonlySet<string>): GroupedRow[] {
  const shown: GroupedRow[] = [];
  let run: LiveRow[] = [];
  let names: string[] = [];
  const close = () => {
    const [first] = run;
    // Named for the oldest: newer ones join the same head.
    const id = `noise ${run.at(-1)?.id}`;
    const open = opened.has(id);
    if (first !== undefined) {
      shown.push({
        id,
        startedAt: first.startedAt,
        group: { trace_id: null, noise: named(names), count: run.length, open, rows: run },
      });
      if (open) shown.push(...run);
    }
    run = [];
    names = [];
  };
  for (const row of rows) {
    const name = noiseOf(row);
    if (name === null) {
      close();
      shown.push(row);
    } else {
      run.push(row);
      names.push(name);
    }
  }
  close();
  return shown;
}

/** `Telemetry (3), Model list`: each kind once, the most frequent first. */
function named(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => (count === 1 ? name : `${name} (${count})`))
    .join(', ');
}
