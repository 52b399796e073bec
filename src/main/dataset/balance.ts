import { createHash } from 'node:crypto';
import type { ExportOptions, Trace } from '../../shared/model/index.js';
import type { Balance } from './report/figures.js';
import { groupsOf } from './report/groups.js';
import type { ExportSource } from './source.js';

/** Why a trace of a group that has enough is left out. */
export const balanceReason = 'its group has enough';

export interface Balancing {
  keeps(trace: Trace): boolean;
  summary(): Balance;
}

/**
 * Caps groups of traces at the size of the median group (the lower one of two). Which traces of a larger group stay depends on
 * seed and ids alone. Reads the traces once before they are written.
 */
export async function balancing(
  options: ExportOptions,
  source: ExportSource,
  signal: AbortSignal,
): Promise<Balancing | null> {
  const by = options.balance;
  if (by === undefined || by.length === 0) return null;
  const points = new Map<string, number[]>();
  for await (const trace of source.traces(options, signal)) {
    signal.throwIfAborted();
    const group = groupOf(trace, by, source);
    const found = points.get(group);
    if (found === undefined) points.set(group, [pointOf(trace, options.seed)]);
    else found.push(pointOf(trace, options.seed));
  }
  const sizes = [...points.values()].map(({ length }) => length).sort((a, b) => a - b);
  const cap = Math.max(1, sizes[Math.floor((sizes.length - 1) / 2)] ?? 1);
  const last = new Map<string, number>();
  for (const [group, all] of points) {
    all.sort((a, b) => a - b);
    last.set(group, all[Math.min(cap, all.length) - 1] as number);
  }
  const dropped = new Map<string, number>();
  return {
    keeps(trace) {
      const group = groupOf(trace, by, source);
      // A group that came up meanwhile is smaller than any.
      if (pointOf(trace, options.seed) <= (last.get(group) ?? 1)) return true;
      dropped.set(group, (dropped.get(group) ?? 0) + 1);
      return false;
    },
    summary: () => ({
      by,
      cap,
      dropped: Object.fromEntries([...dropped].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

/** The group of a trace: its domain, the tool it calls most, its first model. */
function groupOf(
  trace: Trace,
  by: readonly ('domain' | 'tool' | 'model')[],
  source: Pick<ExportSource, 'domain'>,
): string {
  const groups = groupsOf(trace, source.domain(trace.trace_id));
  const value = {
    domain: () => groups.domain[0],
    tool: () => mostCalled(trace) ?? groups.tool[0],
    model: () => groups.model[0],
  };
  return by.map((field) => `${field} ${value[field]()}`).join(', ');
}

function mostCalled(trace: Trace): string | null {
  const counts = new Map<string, number>();
  for (const { name } of trace.tool_calls) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [first] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first?.[0] ?? null;
}

/** 0..1 */
function pointOf({ trace_id }: Trace, seed: number): number {
  return createHash('sha256').update(`balance ${seed} ${trace_id}`).digest().readUIntBE(0, 6) / 2 ** 48;
}
