import type { NearFigures } from '../dataset/index.js';
import type { StoreReader } from '../store/index.js';

/** What stored clusters say of some traces; null where there is none at all. */
export function nearFigures(
  near: Pick<StoreReader['near'], 'memberships'>,
  traceIds: ReadonlySet<string>,
): NearFigures | null {
  const figures: NearFigures = {};
  let known = false;
  for (const level of ['task', 'trajectory'] as const) {
    const clusters = new Map<string, Set<string>>();
    for (const { trace_id, kept_trace_id } of near.memberships(level)) {
      known = true;
      const members = clusters.get(kept_trace_id) ?? new Set();
      clusters.set(kept_trace_id, members.add(trace_id));
    }
    const of = { clusters: 0, traces: 0, kept: 0, repeated: 0, outside: 0 };
    for (const [kept, members] of clusters) {
      const here = [...members].filter((traceId) => traceIds.has(traceId));
      if (here.length === 0) continue;
      of.clusters += 1;
      of.traces += here.length;
      if (traceIds.has(kept)) of.kept += 1;
      of.repeated += here.length - (traceIds.has(kept) ? 1 : 0);
      of.outside += members.size - here.length;
    }
    figures[level] = of;
  }
  return known ? figures : null;
}
