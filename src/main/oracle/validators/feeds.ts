import type { GoldCall } from '../../../shared/model/gold-trace.js';
import { leaves } from './leaves.js';
import type { Examined, Validator } from './validator.js';

/** What a call says it has from another is there, and what it waits for gives it something. */
export const feeds: Validator = {
  id: 'feeds',
  title: 'Dependencies feed what depends on them',
  check(examined) {
    const { trace } = examined;
    const problems: string[] = [];
    for (const call of trace.graph.calls) {
      for (const [name, source] of Object.entries(call.argument_sources ?? {})) {
        if (!Object.hasOwn(call.arguments, name))
          problems.push(`${call.call_id} says where ${name} comes from and has no such argument`);
        if (source.source_type !== 'tool' && source.source_type !== 'retrieval') continue;
        if (!(call.dependencies ?? []).includes(source.source_id))
          problems.push(`${call.call_id} has ${name} of ${source.source_id} and does not depend on it`);
        if (trace.results === undefined || !Object.hasOwn(trace.results, source.source_id)) continue;
        if (placeIn(trace.results[source.source_id], source.path) !== call.arguments[name])
          problems.push(`${call.call_id}: ${name} is not what stands at ${source.path} of ${source.source_id}`);
      }
      for (const each of call.dependencies ?? [])
        if (!isFed(examined, call, each)) problems.push(`${each} gives ${call.call_id} nothing`);
    }
    return problems;
  },
};

/** A value of the result is an argument, or the earlier call changed a row that the later one names. */
function isFed({ trace, calls }: Examined, call: GoldCall, id: string): boolean {
  const earlier = calls.find((each) => each.call.call_id === id);
  if (earlier === undefined || trace.results === undefined) return true;
  const sources = Object.values(call.argument_sources ?? {});
  if (sources.some((source) => 'source_id' in source && source.source_id === id)) return true;
  // Ids and words: that two calls both say 1 or true joins nothing.
  const given = new Set(leaves(trace.results[id]));
  const named = new Set(leaves(call.arguments));
  if (earlier.tool !== null && earlier.tool.effect !== 'read')
    for (const value of leaves(earlier.call.arguments)) given.add(value);
  return [...named].some((value) => given.has(value));
}

/** `invoices[0].invoice_id` */
export function placeIn(value: unknown, path: string): unknown {
  let at = value;
  for (const [, key, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof at !== 'object' || at === null) return undefined;
    const step = key ?? index ?? '';
    at = Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
  }
  return at;
}
