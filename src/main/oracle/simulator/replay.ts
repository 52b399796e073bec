import type { GoldCall, GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';
import type { RunCall, Trial } from '../policies/policy.js';
import { isRetrieval, toolNamed } from '../provenance/retrieval-tool.js';
import type { World } from '../world/world.js';
import { type Args, type Caller, type Outcome, type Result, type State, simulate, stateOf } from './simulate.js';

type Traced = Pick<GoldTrace, 'request' | 'graph' | 'results'>;

export interface ReplayedCall {
  call: GoldCall;
  tool: Tool;
  args: Args;
  outcome: Outcome;
}

export interface Replayed {
  trial: Trial;
  /** Of each call that has a tool, by its id. */
  outcomes: Map<string, Outcome>;
}

/**
 * Runs a trace's calls again, in their order, on the world that it names; `before` sees the state that each of them meets. Calls of
 * tools that are not there are left out.
 */
export function replayCalls(
  domain: Domain,
  world: World,
  { request, graph, results }: Traced,
  before: (call: Omit<ReplayedCall, 'outcome'>, state: State, caller: Caller) => void = () => undefined,
): ReplayedCall[] {
  const state = stateOf(world);
  const { name = '', role = '', tenant = '' } = request.persona ?? {};
  const caller = { name, role, tenant };
  const byId = new Map(graph.calls.map((call) => [call.call_id, call]));
  return graph.execution_order.flatMap((id) => {
    const call = byId.get(id);
    const tool = call && toolNamed(domain, call.tool_id);
    if (call === undefined || tool === undefined) return [];
    const args = call.arguments as Args;
    // Texts are in no world: what was given is what there is.
    if (isRetrieval(domain, tool))
      return [
        { call, tool, args, outcome: { ok: true, result: (results?.[id] ?? {}) as Result, rows: [], before: [] } },
      ];
    before({ call, tool, args }, state, caller);
    return [{ call, tool, args, outcome: simulate(domain, state, tool, args, caller) }];
  });
}

/** What a trace's calls come to on its world, and what its policy has to say of. */
export function replay(domain: Domain, world: World, trace: Traced): Replayed {
  const { role = '', tenant = '' } = trace.request.persona ?? {};
  const replayed = replayCalls(domain, world, trace);
  const calls = replayed.map(
    ({ call, tool, args, outcome }): RunCall => ({
      id: call.call_id,
      tool,
      args,
      // What was refused was tried on rows all the same.
      rows: outcome.ok ? outcome.rows : [],
      before: outcome.before,
      sources: call.argument_sources ?? {},
    }),
  );
  return {
    trial: { domain, caller: { role, tenant }, calls },
    outcomes: new Map(replayed.map(({ call, outcome }) => [call.call_id, outcome])),
  };
}
