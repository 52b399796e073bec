import type { TraceSummary } from '../../../../../shared/model/index.js';

export interface FamilyMember {
  trace: TraceSummary;
  depth: number;
  /** How it hangs on the member above it. */
  relation: 'root' | 'subagent' | 'segment';
}

/**
 * A trace's whole family in the order a tree shows it: subagents below the trace that spawned them, a segment after a
 * compaction right behind the one it continues. Every trace stands there once, whatever its links say.
 */
export function familyTree(traces: TraceSummary[]): FamilyMember[] {
  const byStart = [...traces].sort((a, b) => (a.started_at ?? '').localeCompare(b.started_at ?? '') || compare(a, b));
  const traceIds = new Set(byStart.map((trace) => trace.trace_id));
  const children = new Map<string, TraceSummary[]>();
  const segments = new Map<string, TraceSummary[]>();
  const roots: TraceSummary[] = [];
  for (const trace of byStart) {
    const { predecessor_trace_id: before, parent_trace_id: parent } = trace;
    if (before !== null && traceIds.has(before)) push(segments, before, trace);
    else if (parent !== null && traceIds.has(parent)) push(children, parent, trace);
    else roots.push(trace);
  }
  const members: FamilyMember[] = [];
  const placed = new Set<string>();
  // A stack instead of recursion: a chain of segments may be long.
  const open: FamilyMember[] = [];
  const drain = () => {
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      const { trace, depth } = member;
      if (placed.has(trace.trace_id)) continue;
      placed.add(trace.trace_id);
      members.push(member);
      for (const next of (segments.get(trace.trace_id) ?? []).toReversed()) {
        open.push({ trace: next, depth, relation: 'segment' });
      }
      for (const child of (children.get(trace.trace_id) ?? []).toReversed()) {
        open.push({ trace: child, depth: depth + 1, relation: 'subagent' });
      }
    }
  };
  for (const root of roots) {
    open.push({ trace: root, depth: 0, relation: 'root' });
    drain();
  }
  // What only hangs on itself, by links that go round.
  for (const trace of byStart) {
    open.push({ trace, depth: 0, relation: 'root' });
    drain();
  }
  return members;
}

function compare(a: TraceSummary, b: TraceSummary): number {
  return a.trace_id < b.trace_id ? -1 : 1;
}

function push(map: Map<string, TraceSummary[]>, key: string, trace: TraceSummary): void {
  const list = map.get(key);
  if (list) list.push(trace);
  else map.set(key, [trace]);
}
