import type { GoldCall, GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Listed } from '../../ground/list.js';
import type { Domain, Tool } from '../domains/domain.js';
import type { Random } from '../random.js';
import { replay } from '../simulator/replay.js';
import type { Row, World } from '../world/world.js';

export interface Corrupting {
  domain: Domain;
  world: World;
  dice: Random;
  /** A copy; the kind changes it. */
  trace: GoldTrace;
  /** Its calls with their tools. */
  calls: readonly { call: GoldCall; tool: Tool /** Nobody waits for it. */; last: boolean }[];
}

/** A way in which an agent goes wrong; the sibling that comes of it runs on the same world. */
export interface Corruption extends Listed {
  readonly description: string;
  /** Validators one of which must find it. */
  readonly found: readonly string[];
  /** Says what was done, or null where the trace has nothing for it. */
  corrupt(of: Corrupting): string | null;
}

/** Runs the calls again as they stand now, so that the results are what an agent would have got. */
export function withResults(trace: GoldTrace, domain: Domain, world: World): GoldTrace {
  const { outcomes } = replay(domain, world, trace);
  const results = Object.fromEntries(
    [...outcomes].map(([id, outcome]) => [id, outcome.ok ? outcome.result : { error: outcome.error }]),
  );
  return { ...trace, results };
}

/** Rows of an entity by whether they are the caller's. */
export function rowsOfOthers({ domain, world, trace }: Corrupting, entity: string): readonly Row[] {
  const field = domain.tenantField.get(entity);
  const tenant = trace.request.persona?.tenant;
  return field === undefined ? [] : (world.rows.get(entity) ?? []).filter((row) => row[field] !== tenant);
}

/** Adds a call to the end that nobody asked for; its arguments name no source. */
export function append(
  { graph }: GoldTrace,
  tool: Tool,
  call: Pick<GoldCall, 'arguments' | 'provenance' | 'dependencies'>,
): void {
  const id = `call_${graph.calls.length + 1}`;
  graph.calls.push({
    call_id: id,
    tool_id: tool.id,
    arguments: call.arguments,
    scope: { rows_requested: 1, sensitivity_tier: tool.tier },
    provenance: call.provenance,
    dependencies: call.dependencies,
    argument_sources: {},
  });
  graph.execution_order.push(id);
}
