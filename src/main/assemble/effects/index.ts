import type { AssembledCall, EffectChange, LineageReader } from '../../../shared/model/index.js';
import type { Arrival } from '../arrival.js';
import { effectsOfAsked } from './asked.js';
import { deliver } from './delivered.js';

export { actionEffects } from './action.js';

/** What a call says about effects: results that it brings, and tool calls that had run before their answer was read. */
export function callEffects(
  made: AssembledCall,
  arrival: Arrival,
  lineage: LineageReader,
): { call: AssembledCall; effects: EffectChange[] } {
  const deliveries = deliver(made.tool_results, lineage);
  const { call_id } = made.call;
  const asker = { trace_id: made.trace_id, call_id, started_at: arrival.started_at, ended_at: arrival.ended_at };
  const asked = effectsOfAsked(asker, made.new_tool_calls, lineage);
  return { call: { ...made, tool_results: deliveries.results }, effects: [...deliveries.effects, ...asked] };
}
