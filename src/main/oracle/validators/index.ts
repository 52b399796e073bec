import { type GoldTrace, goldTraceSchema } from '../../../shared/model/gold-trace.js';
import { listOf } from '../../ground/list.js';
import type { Domain } from '../domains/domain.js';
import { toolNamed } from '../provenance/retrieval-tool.js';
import { replay } from '../simulator/replay.js';
import type { World } from '../world/world.js';
import { acyclic } from './acyclic.js';
import { agreement } from './agreement.js';
import { argumentSchema } from './argument-schema.js';
import { dependencies } from './dependencies.js';
import { feeds } from './feeds.js';
import { minimalScope } from './minimal-scope.js';
import { order } from './order.js';
import { policy } from './policy.js';
import { provenance } from './provenance.js';
import { withNames } from './replaced-names.js';
import { resultSchema } from './result-schema.js';
import { scopeLimits } from './scope-limits.js';
import { simulation } from './simulation.js';
import { tools } from './tools.js';
import type { Examined, Validator } from './validator.js';

/** In the order in which they are asked; what stands on others comes behind them. */
export const validators: readonly Validator[] = listOf('validators', [
  tools,
  argumentSchema,
  resultSchema,
  dependencies,
  acyclic,
  order,
  feeds,
  provenance,
  simulation,
  policy,
  scopeLimits,
  minimalScope,
  agreement,
]);

export interface Catalogue {
  /** By its id, as tool ids begin with it. */
  domain(id: string): Domain | null;
  world(domain: Domain, number: number): World;
}

export interface Failure {
  validator: string;
  message: string;
}

/** All that does not hold of what should be a gold trace; `shape` stands first and alone. */
export function failuresOf(value: unknown, catalogue: Catalogue): Failure[] {
  const read = goldTraceSchema.safeParse(value);
  if (!read.success)
    return read.error.issues.map(({ path, message }) => ({
      validator: 'shape',
      message: `${path.join('.') || 'the trace'}: ${message}`,
    }));
  const { domain, world } = placeOf(read.data, catalogue);
  if (domain === null || world === null) return failuresOfTrace(read.data, catalogue);
  const { trace, conflicts } = withNames(read.data, domain, world);
  if (conflicts.length > 0) return conflicts.map((message) => ({ validator: simulation.id, message }));
  return failuresOfTrace(trace, catalogue);
}

/** The same of what has the shape already, with the names that its world gives. */
export function failuresOfTrace(trace: GoldTrace, catalogue: Catalogue): Failure[] {
  const examined = examine(trace, catalogue);
  return validators.flatMap(({ id, check }) => check(examined).map((message) => ({ validator: id, message })));
}

function placeOf(trace: Examined['trace'], catalogue: Catalogue): Pick<Examined, 'domain' | 'world'> {
  const domain = catalogue.domain(trace.graph.calls[0]?.tool_id.split('.')[0] ?? '');
  return {
    domain,
    world: domain === null || trace.world === undefined ? null : catalogue.world(domain, trace.world),
  };
}

function examine(trace: Examined['trace'], catalogue: Catalogue): Examined {
  const { domain, world } = placeOf(trace, catalogue);
  let replayed: ReturnType<typeof replay> | undefined;
  return {
    trace,
    domain,
    world,
    calls: trace.graph.calls.map((call) => ({
      call,
      tool: domain === null ? null : (toolNamed(domain, call.tool_id) ?? null),
    })),
    replayed() {
      if (domain === null || world === null) return null;
      replayed ??= replay(domain, world, trace);
      return replayed;
    },
  };
}
