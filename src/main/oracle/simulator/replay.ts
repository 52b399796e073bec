import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Domain } from '../domains/domain.js';
import type { RunCall, Trial } from '../policies/policy.js';
import type { World } from '../world/world.js';
import { type Args, type Outcome, simulate, stateOf } from './simulate.js';

export interface Replayed {
  trial: Trial;
  /** Of each call that has a tool, by its id. */
  outcomes: Map<string, Outcome>;
}

/** Runs a trace's calls again, in their order, on the world that it names. Calls of tools that are not there are left out. */
export function replay(domain: Domain, world: World, trace: Pick<GoldTrace, 'request' | 'graph'>): Replayed {
  const state = stateOf(world);
  const { name = '', role = '', tenant = '' } = trace.request.persona ?? {};
  const byId = new Map(trace.graph.calls.map((call) => [call.call_id, call]));
  const outcomes = new Map<string, Outcome>();
  const calls: RunCall[] = [];
  for (const id of trace.graph.execution_order) {
    const call = byId.get(id);
    const tool = call && domain.tools.get(call.tool_id.slice(domain.id.length + 1));
    if (call === undefined || tool === undefined || tool.id !== call.tool_id) continue;
    const outcome = simulate(domain, state, tool, call.arguments as Args, { name, role, tenant });
    outcomes.set(id, outcome);
    // What was refused was tried on rows all the same.
    const rows = outcome.ok ? outcome.rows : [];
    const { before } = outcome;
    calls.push({ id, tool, args: call.arguments, rows, before, sources: call.argument_sources ?? {} });
  }
  return { trial: { domain, caller: { role, tenant }, calls }, outcomes };
}
