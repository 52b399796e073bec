import type { GoldAsk, GoldCall } from '../../../shared/model/gold-trace.js';
import { type Domain, idField, rowKeys, type Tool } from '../domains/domain.js';
import { rankOf } from '../domains/tiers.js';
import { replayCalls } from '../simulator/replay.js';
import { type Args, type Caller, found, matching, type State } from '../simulator/simulate.js';
import type { Row, Value } from '../world/world.js';
import type { Examined, Validator } from './validator.js';

/**
 * A call reads no more than what the request asks for and what later calls use: the least is looked for over the simulator, among
 * the tools that find such rows, with the filters that the call has and those that were asked for.
 */
export const minimalScope: Validator = {
  id: 'minimal-scope',
  title: 'No call reads more than is needed',
  check(examined) {
    const { domain, world, trace } = examined;
    if (domain === null || world === null) return [];
    const asks = [...(trace.request.asks ?? [])];
    const problems: string[] = [];
    replayCalls(domain, world, trace, ({ call, tool, args }, state, caller) => {
      if (tool.file.does !== 'find') return;
      const at = asks.findIndex(({ tool_id }) => tool_id === call.tool_id);
      const used = usedOf(examined, call, tool);
      // A look-up is one that something later is fed by and that nobody asked for in so many words.
      const ask =
        at < 0 || (used.size > 0 && !isAsked(asks[at] as GoldAsk, args)) ? null : (asks.splice(at, 1)[0] as GoldAsk);
      const least = leastOf(domain, state, { tool, args, ask, used, caller });
      const problem = least === null ? null : beyond(domain, state, { tool, args, least, caller });
      if (problem !== null) problems.push(`${call.call_id} ${problem}`);
    });
    return problems;
  },
};

/** Whether a call has a filter of what was asked for. */
const isAsked = ({ filters }: GoldAsk, args: Args): boolean =>
  Object.entries(filters).every(([name, value]) => args[name] === undefined || args[name] === value);

/** Ids of rows of a call's result that later calls take. */
function usedOf({ trace, calls }: Examined, call: GoldCall, tool: Tool): Set<Value> {
  const ids = new Set<Value>();
  for (const { call: later } of calls)
    for (const [name, source] of Object.entries(later.argument_sources ?? {}))
      if (source.source_type === 'tool' && source.source_id === call.call_id) {
        const row = /\[(\d+)\]/.exec(source.path)?.[1];
        const list = (trace.results?.[call.call_id] as Record<string, Row[]> | undefined)?.[tool.list];
        const id = row === undefined ? later.arguments[name] : list?.[Number(row)]?.[idField(tool.entity)];
        if (id !== undefined) ids.add(id as Value);
      }
  return ids;
}

export interface Least {
  tool: Tool;
  args: Args;
  rows: number;
}

interface Wanted {
  tool: Tool;
  args: Args;
  ask: GoldAsk | null;
  used: ReadonlySet<Value>;
  caller: Caller;
}

/** The smallest reading that gives all that is needed, or null where nothing is: tier first, then rows, then fields. */
export function leastOf(domain: Domain, state: State, { tool, args, ask, used, caller }: Wanted): Least | null {
  const needed = new Set(used);
  if (ask !== null) {
    const { limit: _, ...filters } = ask.filters as Args;
    const all = found(domain, tool, state, filters, caller);
    for (const row of ask.rows === null ? all : all.slice(0, ask.rows)) needed.add(row[idField(tool.entity)] as Value);
  }
  if (needed.size === 0) return ask === null ? null : { tool, args: {}, rows: 0 };
  const { limit: _, ...own } = args as Args & { limit?: number };
  // Whoever asks for a list gets it from the tool that was named; a look-up may go another way.
  const tools = ask === null ? domain.finders(tool.entity) : [tool];
  let best: Least | null = null;
  for (const other of tools) {
    const names = other.arguments.map(({ name }) => name);
    if (Object.keys(own).some((name) => !names.includes(name))) continue;
    for (const filters of between(own, ask?.filters ?? {}, names)) {
      const all = found(domain, other, state, filters, caller);
      const rows = all.findLastIndex((row) => needed.has(row[idField(tool.entity)] as Value)) + 1;
      const has = all.slice(0, rows).filter((row) => needed.has(row[idField(tool.entity)] as Value)).length;
      if (has < needed.size) continue;
      const way = { tool: other, args: { ...filters, limit: rows }, rows };
      if (best === null || smaller(way, best)) best = way;
    }
  }
  return best;
}

function smaller(a: Least, b: Least): boolean {
  const tier = ({ tool }: Least) => rankOf(tool.tier);
  const fields = ({ tool }: Least) => rowKeys(tool.file).length;
  return (tier(a) - tier(b) || a.rows - b.rows || fields(a) - fields(b)) < 0;
}

/** A call's own filters with each choice of those that were asked for and that it lacks. */
function* between(own: Args, asked: Args, names: readonly string[]): Iterable<Args> {
  const lacking = Object.entries(asked).filter(([name]) => own[name] === undefined && names.includes(name));
  for (let choice = 0; choice < 1 << lacking.length; choice += 1)
    yield { ...own, ...Object.fromEntries(lacking.filter((_, index) => (choice >> index) & 1)) };
}

function beyond(
  domain: Domain,
  state: State,
  { tool, args, least, caller }: { tool: Tool; args: Args; least: Least; caller: Caller },
): string | null {
  const all = matching(domain, tool, state, args, caller).length;
  const limit = args['limit'] as number | undefined;
  // A limit beyond what there is reads no more, but asks for it.
  const rows = Math.max(limit ?? 0, Math.min(all, limit ?? (tool.file.does === 'find' ? tool.file.most : all)));
  const better = `${least.tool.id} with ${JSON.stringify(least.args)} is enough`;
  if (rankOf(tool.tier) > rankOf(least.tool.tier)) return `reads what is ${tool.tier}: ${better}`;
  return rows > least.rows ? `asks for ${rows} rows where ${least.rows} are needed: ${better}` : null;
}
