import type { Domain } from '../domains/domain.js';
import { type Observed, type ObservedCall, type Origin, tierOf } from './observed.js';

/** Shorter ones, and small numbers, stand everywhere: that two calls both say 5 joins nothing. */
const shortest = 3;
const least = 10;
/** From so many characters on a text within a longer one is the same. */
const longEnough = 12;

/**
 * Where each argument of a call comes from: as the trace tells it; else by its value, looked for in what people said, then in the results of the
 * calls before, the latest first. What stands nowhere is the agent's own.
 */
export function originsOf({ domain, said, calls }: Observed, at: number): Map<string, Origin & { value: unknown }> {
  const call = calls[at] as ObservedCall;
  const heard = said.toLowerCase();
  return new Map(
    Object.entries(call.arguments).map(([name, value]) => {
      const told = call.told[name];
      return [name, { ...(told ?? traced(domain, value, heard, calls.slice(0, at))), value }];
    }),
  );
}

function traced(domain: Domain | null, value: unknown, heard: string, before: readonly ObservedCall[]): Origin {
  const text = typeof value === 'string' ? value : typeof value === 'number' && value >= least ? String(value) : '';
  if (text.length < shortest) return { from: 'agent' };
  if (heard.includes(text.toLowerCase())) return { from: 'user' };
  for (const call of before.toReversed()) {
    const key = keyOf(call.result, text);
    if (key === null) continue;
    const trust = trustIn(call, text);
    return trust === null ? { from: 'tool', tier: tierOf(domain, call.tool, key) } : { from: 'retrieval', trust };
  }
  return { from: 'agent' };
}

/** The field of a result that holds a text; null where none does. */
function keyOf(result: unknown, text: string, key = ''): string | null {
  if (typeof result === 'string' || typeof result === 'number') {
    const has = String(result);
    const holds =
      has === text ||
      (text.length >= longEnough && has.includes(text)) ||
      (has.length >= longEnough && text.includes(has));
    return holds ? key : null;
  }
  if (typeof result !== 'object' || result === null) return null;
  for (const [name, each] of Object.entries(result)) {
    const found = keyOf(each, text, Array.isArray(result) ? key : name);
    if (found !== null) return found;
  }
  return null;
}

/** Tools that bring texts of others: of what no domain knows only the name tells. */
const retrieving =
  /(?:^|[_.\-/])(?:web|browse|browser|search|retrieve|retrieval|rag|crawl|scrape|documents?|knowledge)(?:$|[_.\-/])/i;

/** How far a text of a result can be trusted; null where it was not retrieved. */
export function trustIn({ tool, name, result }: ObservedCall, text: string | null): string | null {
  const documents = (result as { documents?: unknown } | null | undefined)?.documents;
  if (Array.isArray(documents)) {
    const held = documents.filter(
      (each) => text === null || JSON.stringify(each).includes(JSON.stringify(text).slice(1, -1)),
    );
    const tiers = held.map((each: { trust?: unknown }) => (typeof each?.trust === 'string' ? each.trust : 'unknown'));
    return tiers.toSorted((a, b) => trustOf(a) - trustOf(b))[0] ?? null;
  }
  return tool === null && retrieving.test(name) ? 'unknown' : null;
}

/** What an origin is worth, over 0 to 1. */
export function trustOf(trust: string | undefined): number {
  return trusts[trust ?? 'unknown'] ?? 0.2;
}
const trusts: { readonly [trust: string]: number } = { internal: 0.9, partner: 0.7, web: 0.4, unknown: 0.2 };
