/** What one trace is compared with others by. */
export interface Measures {
  scenario: string | null;
  /** Why it cannot be compared with others; null where it can. */
  incomparable: string | null;
  time_ms: number | null;
  cost_usd: number | null;
  tokens: number | null;
}

export interface SimilarTraces {
  /** Comparable ones, the trace itself among them. */
  members: readonly (Measures & { trace_id: string })[];
  /** What they have in common, in words. */
  by: string;
}

export interface Nearest {
  trace_id: string;
  /** Jaccard, 0..1 */
  similarity: number;
}

/** What is known of all traces. */
export interface Peers {
  count: number;
  measures(traceId: string): Measures | null;
  similar(traceId: string): SimilarTraces;
  /** The most similar earlier trace; null where none is alike, undefined where it has no text. */
  nearest(traceId: string): Nearest | null | undefined;
}

/** @param taskOf names the cluster of a trace's task; null where it stands in none */
export function peersOf(
  all: readonly (Measures & { trace_id: string })[],
  taskOf: (traceId: string) => string | null,
  nearest: Peers['nearest'],
): Peers {
  const byId = new Map(all.map((each) => [each.trace_id, each]));
  const scenarios = new Map<string, (Measures & { trace_id: string })[]>();
  const tasks = new Map<string, (Measures & { trace_id: string })[]>();
  const add = (groups: typeof tasks, key: string | null, member: Measures & { trace_id: string }) => {
    if (key === null) return;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [member]);
    else group.push(member);
  };
  for (const each of all) {
    if (each.incomparable !== null) continue;
    add(scenarios, each.scenario, each);
    add(tasks, taskOf(each.trace_id), each);
  }
  return {
    count: all.length,
    measures: (traceId) => byId.get(traceId) ?? null,
    similar(traceId) {
      const task = { members: tasks.get(taskOf(traceId) ?? '') ?? [], by: 'the same task' };
      const scenario = byId.get(traceId)?.scenario ?? null;
      // The same task says more than the same scenario, as long as there are enough of it.
      if (scenario === null || task.members.length >= 5) return task;
      return { members: scenarios.get(scenario) ?? [], by: `scenario ${scenario}` };
    },
    nearest,
  };
}
