import type { GoldCall, GoldTrace, SensitivityTier } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';
import { higherOf } from '../domains/tiers.js';

/** Where a value, or the reason for a call, comes from; `agent`: nobody said it and no result holds it. */
export interface Origin {
  from: 'system' | 'user' | 'agent' | 'tool' | 'retrieval';
  /** Of what was retrieved: how far it can be trusted. */
  trust?: string;
  /** Of a value of a result: how harmful it is to know. */
  tier?: SensitivityTier;
}

export interface ObservedCall {
  name: string;
  /** Null where no domain that is known has it. */
  tool: Tool | null;
  arguments: { readonly [name: string]: unknown };
  result: unknown;
  /** By argument, where the trace tells it. */
  told: { readonly [name: string]: Origin };
  /** Why it is made, where the trace tells it. */
  cause: Origin | null;
}

/** A trace as its features are measured of it, gold or captured. */
export interface Observed {
  domain: Domain | null;
  /** Name within the domain. */
  intent: string | null;
  category: string | null;
  /** What people said. */
  said: string;
  /** Ids of the tools that were asked for; null where nobody knows. */
  asked: ReadonlySet<string> | null;
  /** The least that it takes; null where nobody knows. `rows` null: all that fit. */
  expected: { rows: number | null; tier: string } | null;
  /** Why domain, what was asked or what is expected is not known. */
  unknown: string | null;
  /** In the order in which they ran. */
  calls: readonly ObservedCall[];
}

/** What a gold trace tells of itself. */
export function observedGold(domain: Domain | null, { request, graph, results = {} }: GoldTrace): Observed {
  const byId = new Map(graph.calls.map((call) => [call.call_id, call]));
  const { rows_requested: rows, sensitivity_tier: tier } = request.expected_scope;
  return {
    domain,
    intent: request.intent ?? null,
    category: request.intent_category,
    said: request.text,
    asked: request.asks === undefined ? null : new Set(request.asks.map(({ tool_id }) => tool_id)),
    expected: { rows, tier },
    unknown:
      domain === null
        ? 'Its tools are of no domain that is known.'
        : request.asks === undefined
          ? 'The request does not tell what it asks for.'
          : null,
    calls: graph.execution_order.flatMap((id) => {
      const call = byId.get(id);
      return call === undefined ? [] : [goldCall(domain, call, byId, results)];
    }),
  };
}

function goldCall(
  domain: Domain | null,
  call: GoldCall,
  byId: ReadonlyMap<string, GoldCall>,
  results: { readonly [id: string]: unknown },
): ObservedCall {
  const told = Object.entries(call.argument_sources ?? {}).map(([name, source]): [string, Origin] => {
    if (source.source_type === 'retrieval') return [name, { from: 'retrieval', trust: source.trust }];
    if (source.source_type !== 'tool') return [name, { from: source.source_type }];
    const feeding = toolOf(domain, byId.get(source.source_id)?.tool_id ?? '');
    return [name, { from: 'tool', tier: tierOf(domain, feeding, lastKey(source.path)) }];
  });
  return {
    name: call.tool_id,
    tool: toolOf(domain, call.tool_id),
    arguments: call.arguments,
    result: results[call.call_id],
    told: Object.fromEntries(told),
    cause: causeOf(call.provenance),
  };
}

function causeOf({ source_type, trust }: GoldCall['provenance'] & { trust?: unknown }): Origin {
  if (source_type === 'retrieval' || source_type === 'web')
    return { from: 'retrieval', trust: source_type === 'web' ? 'web' : typeof trust === 'string' ? trust : 'unknown' };
  return { from: source_type === 'system' || source_type === 'user' || source_type === 'tool' ? source_type : 'agent' };
}

export const toolOf = (domain: Domain | null, id: string): Tool | null =>
  domain === null
    ? null
    : (domain.tools.get(id.startsWith(`${domain.id}.`) ? id.slice(domain.id.length + 1) : id) ?? null);

const lastKey = (path: string): string => /([^.[\]]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? '';

/** How harmful a field of a tool's rows is to know; ids are as harmless as their entity is public. */
export function tierOf(domain: Domain | null, tool: Tool | null, key: string): SensitivityTier {
  const entity = domain?.file.entities[tool?.entity ?? ''];
  if (entity === undefined) return 'internal';
  const field = entity.fields[key];
  if (field === undefined || 'ref' in field) return 'public';
  return higherOf(entity.tier, field.tier ?? 'public');
}
