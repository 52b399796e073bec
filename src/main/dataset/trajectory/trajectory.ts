import type { Call, Json, SubagentPlace, Trace } from '../../../shared/model/index.js';
import { toolsOf } from '../layouts/openai-tools.js';
import type { Trajectory } from './shape.js';
import { type StepOptions, trajectorySteps } from './steps.js';

export interface TrajectoryOptions extends StepOptions {
  subagents: SubagentPlace;
  /** The traces that a trace spawned. */
  children(traceId: string): Iterable<Trace>;
  /** Why a trace may not stand in rows; null where it may. */
  refused(trace: Trace): string | null;
}

/** What became of the traces that stand within a trajectory or would. */
export interface Embedded {
  inlined: Trace[];
  /** Why others were left out. */
  refused: string[];
}

/**
 * A trace in ATIF 1.8; null where nothing happened in it. With fewer of its steps it is what stood before the next one. Subagents
 * are embedded where they are to be inlined, and named by the result of the call that spawned them.
 */
export function trajectoryOf(
  trace: Trace,
  options: TrajectoryOptions,
  embedded: Embedded = { inlined: [], refused: [] },
): Trajectory | null {
  return nestedTrajectory(trace, options, new Set(), embedded);
}

function nestedTrajectory(
  trace: Trace,
  options: TrajectoryOptions,
  above: ReadonlySet<string>,
  embedded: Embedded,
): Trajectory | null {
  const { steps, placeOf } = trajectorySteps(trace, options);
  if (steps.length === 0) return null;
  const seen = new Set([...above, trace.trace_id]);
  const inlined: Trajectory[] = [];
  const elsewhere: string[] = [];
  for (const child of options.children(trace.trace_id)) {
    if (seen.has(child.trace_id)) continue;
    const problem = options.subagents === 'inlined' ? options.refused(child) : null;
    if (problem !== null) {
      embedded.refused.push(problem);
      continue;
    }
    const sub = options.subagents === 'inlined' ? nestedTrajectory(child, options, seen, embedded) : null;
    if (sub === null) {
      elsewhere.push(child.trace_id);
      continue;
    }
    inlined.push(sub);
    embedded.inlined.push(child);
    const result = child.parent_step_id === null ? undefined : placeOf.get(child.parent_step_id)?.result();
    if (result !== undefined)
      result.subagent_trajectory_ref = [...(result.subagent_trajectory_ref ?? []), { trajectory_id: child.trace_id }];
  }
  return {
    schema_version: 'ATIF-v1.8',
    session_id: trace.source.session ?? trace.trace_id,
    trajectory_id: trace.trace_id,
    agent: agentOf(trace),
    steps,
    ...(trace.title === '' ? {} : { notes: trace.title }),
    final_metrics: finalMetrics(trace, steps.length, inlined),
    extra: {
      completion_status: trace.completion_status,
      ...(trace.revision === undefined ? {} : { trace_revision: trace.revision }),
      ...(trace.predecessor_trace_id === null ? {} : { predecessor_trace_id: trace.predecessor_trace_id }),
      ...(trace.parent_trace_id === null ? {} : { parent_trace_id: trace.parent_trace_id }),
      ...(elsewhere.length === 0 ? {} : { subagents: elsewhere }),
    },
    ...(inlined.length === 0 ? {} : { subagent_trajectories: inlined }),
  };
}

function agentOf(trace: Trace): Trajectory['agent'] {
  const [name = '', version = ''] = (trace.source.client ?? trace.source.kind).split('/', 2);
  const last = trace.calls.findLast(({ tools_offered }) => tools_offered.length > 0);
  const tools = last === undefined ? [] : toolsOf({ call: last, trace });
  const model = trace.models[0];
  return {
    name: name === '' ? 'unknown' : name,
    version: version === '' ? 'unknown' : version,
    ...(model === undefined ? {} : { model_name: model }),
    ...(tools.length === 0 ? {} : { tool_definitions: tools as unknown as { [key: string]: Json }[] }),
  };
}

function finalMetrics(
  { calls }: Trace,
  total_steps: number,
  inlined: readonly Trajectory[],
): Trajectory['final_metrics'] {
  const sum = (of: (call: Call) => number | undefined) => calls.reduce((all, call) => all + (of(call) ?? 0), 0);
  const costs = [
    ...calls.flatMap(({ cost_usd }) => cost_usd ?? []),
    ...inlined.flatMap(({ final_metrics }) => final_metrics.total_cost_usd ?? []),
  ];
  return {
    total_prompt_tokens: sum(({ usage }) => usage?.input_tokens),
    total_completion_tokens: sum(({ usage }) => usage?.output_tokens),
    total_cached_tokens: sum(({ usage }) => usage?.cached_input_tokens),
    ...(costs.length === 0 ? {} : { total_cost_usd: costs.reduce((all, cost) => all + cost, 0) }),
    total_steps,
  };
}
