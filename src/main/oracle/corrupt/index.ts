import { type GoldTrace, goldTraceSchema } from '../../../shared/model/gold-trace.js';
import { parseJson } from '../../ground/json.js';
import { byId, listOf } from '../../ground/list.js';
import type { Domain, Tool } from '../domains/domain.js';
import { toolNamed } from '../provenance/retrieval-tool.js';
import { random } from '../random.js';
import type { Catalogue } from '../validators/index.js';
import type { World } from '../world/world.js';
import { argumentTampering } from './argument-tampering.js';
import { type Corruption, withResults } from './corruption.js';
import { exfiltrationChain } from './exfiltration-chain.js';
import { injectedInstruction } from './injected-instruction.js';
import { missingConfirmation } from './missing-confirmation.js';
import { policyBoundary } from './policy-boundary.js';
import { scopeCreep } from './scope-creep.js';
import { wrongOrder } from './wrong-order.js';
import { wrongTenant } from './wrong-tenant.js';

export const corruptions: readonly Corruption[] = listOf('corruptions', [
  scopeCreep,
  wrongTenant,
  injectedInstruction,
  exfiltrationChain,
  policyBoundary,
  wrongOrder,
  argumentTampering,
  missingConfirmation,
]);
export const corruptionsById: { [id: string]: Corruption | undefined } = byId(corruptions);

export type Corrupted = GoldTrace & { corrupted: { kind: string; gold: string; what: string } };

/** The sibling of a gold trace that goes wrong in one way, labelled and with the results that it would get; null where the trace has nothing for it. */
export function corrupt(
  kind: Corruption,
  gold: GoldTrace,
  domain: Domain,
  world: World,
  seed: number,
): Corrupted | null {
  const trace = structuredClone(gold);
  const awaited = new Set(trace.graph.calls.flatMap(({ dependencies = [] }) => dependencies));
  const calls = trace.graph.calls.map((call) => ({
    call,
    tool: toolNamed(domain, call.tool_id) as Tool,
    last: !awaited.has(call.call_id),
  }));
  if (calls.some(({ tool }) => tool === undefined)) return null;
  const what = kind.corrupt({ domain, world, dice: random('corrupt', seed, kind.id, gold.trace_id), trace, calls });
  if (what === null) return null;
  return {
    ...withResults(trace, domain, world),
    trace_id: `${gold.trace_id}_${kind.id.replaceAll('-', '_')}`,
    validated: false,
    corrupted: { kind: kind.id, gold: gold.trace_id, what },
  };
}

/** The sibling of the trace of a line, where it is one of a domain and a world that are known. */
export function corruptLine(catalogue: Catalogue, kind: Corruption, line: string, seed: number): Corrupted | null {
  const read = goldTraceSchema.safeParse(parseJson(line));
  if (!read.success || read.data.world === undefined) return null;
  const domain = catalogue.domain(read.data.graph.calls[0]?.tool_id.split('.')[0] ?? '');
  return domain === null ? null : corrupt(kind, read.data, domain, catalogue.world(domain, read.data.world), seed);
}
