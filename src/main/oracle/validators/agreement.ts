import type { Domain } from '../domains/domain.js';
import type { Field } from '../domains/schema.js';
import { numbers, waysToSay } from '../sampler/words.js';
import type { Value } from '../world/world.js';
import { leaves } from './leaves.js';
import type { Examined, Validator } from './validator.js';

/** What the request names is what the calls are about, and what the calls say comes from the user was said. */
export const agreement: Validator = {
  id: 'agreement',
  title: 'Request and calls agree',
  check(examined) {
    const { domain, trace } = examined;
    if (domain === null) return [];
    const text = trace.request.text.toLowerCase();
    const named = new Set(trace.request.text.match(idsIn(domain)));
    const problems: string[] = [];
    const touched = new Set(leaves(trace.graph.calls.map((call) => call.arguments)));
    for (const id of named) if (!touched.has(id)) problems.push(`the request names ${id}, no call does`);
    for (const { call, tool } of examined.calls) {
      for (const [name, source] of Object.entries(call.argument_sources ?? {})) {
        const argument = tool?.arguments.find((each) => each.name === name);
        if (source.source_type !== 'user' || argument === undefined || tool === null) continue;
        const value = call.arguments[name] as Value;
        if (
          !isSaid(
            text,
            value,
            argument.use,
            argument.field === null ? null : (domain.file.entities[tool.entity]?.fields[argument.field] ?? null),
          )
        )
          problems.push(
            `${call.call_id} has ${name} ${JSON.stringify(value)} of the user, the request does not say it`,
          );
      }
    }
    problems.push(...quantities(examined, text), ...unsaid(examined), ...unasked(examined));
    return problems;
  },
};

const patterns = new WeakMap<Domain, RegExp>();

/** Ids of the domain's entities in a text. */
function idsIn(domain: Domain): RegExp {
  const known = patterns.get(domain);
  if (known !== undefined) return known;
  const prefixes = Object.values(domain.file.entities).map(({ id }) => id);
  const pattern = new RegExp(`\\b(?:${prefixes.join('|')})-\\d{4,}\\b`, 'g');
  patterns.set(domain, pattern);
  return pattern;
}

function isSaid(text: string, value: Value, use: string, field: Field | null): boolean {
  // One is said by the singular.
  if (use === 'limit') return value === 1 || saysNumber(text, Number(value));
  if (use === 'confirm') return /\b(confirm|go ahead|approv|yes)/.test(text);
  const ways = field === null || 'ref' in field ? [String(value)] : waysToSay(field, value);
  return ways.some((way) => holds(text, way.toLowerCase()));
}

/** Whether a text says something by itself: 3 is not said by 33, nor by 3.5. */
function holds(text: string, said: string): boolean {
  for (let at = text.indexOf(said); at >= 0; at = text.indexOf(said, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at);
    const behind = text.slice(at + said.length, at + said.length + 2);
    const joined = /[a-z0-9]$|\d[.,]$/.test(before) || /^[a-z0-9]|^[.,]\d/.test(behind);
    if (!joined) return true;
  }
  return false;
}

/** A number of rows, in figures or in words. */
const saysNumber = (text: string, value: number): boolean =>
  text.split(/[^a-z0-9]+/).some((word) => word === String(value) || word === numbers[value]);

/** Each number of rows that is asked for is said, and is the number that the calls ask for. */
function quantities({ trace: { request, graph } }: Examined, text: string): string[] {
  return (request.asks ?? []).flatMap(({ tool_id, rows }) => {
    if (rows === null) return [];
    const limits = graph.calls.flatMap(({ tool_id: id, arguments: { limit } }) =>
      id === tool_id && typeof limit === 'number' ? [limit] : [],
    );
    if (limits.length > 0 && !limits.includes(rows))
      return [`${rows} were asked of ${tool_id}, the calls ask for ${limits.join(', ')}`];
    return limits.length === 0 || rows === 1 || saysNumber(text, rows)
      ? []
      : [`${rows} of ${tool_id} are not in the request`];
  });
}

/** What is to be given to a tool is given by some call of it. */
function unsaid({ trace: { request, graph } }: Examined): string[] {
  return (request.asks ?? []).flatMap(({ tool_id, values = {} }) => {
    const calls = graph.calls.filter((call) => call.tool_id === tool_id);
    const lacking = Object.entries(values).filter(
      ([name, value]) => !calls.some((call) => call.arguments[name] === value),
    );
    return lacking.map(
      ([name, value]) => `the request has ${name} ${JSON.stringify(value)} for ${tool_id}, no call gives it`,
    );
  });
}

/** What changes something, or lets something leave, is asked for. */
function unasked({ trace: { request }, calls }: Examined): string[] {
  if (request.asks === undefined) return [];
  const asked = new Set(request.asks.map(({ tool_id }) => tool_id));
  return calls.flatMap(({ call, tool }) =>
    tool !== null && tool.effect !== 'read' && !asked.has(tool.id)
      ? [`${call.call_id} uses ${tool.id}, which nobody asked for`]
      : [],
  );
}
