import { isDeepStrictEqual } from 'node:util';
import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';
import { idField } from '../domains/domain.js';
import { replay } from '../simulator/replay.js';
import type { World } from '../world/world.js';

/** What the gate puts in the place of a person's name and the like, the same for the same value. */
const pseudonym = /<[A-Z][A-Z_]{1,30}_[0-9a-f]{8}>/g;
/** Rows of results lie no deeper. */
const deepest = 12;
/** So many pseudonyms that stand in arguments alone are looked for. */
const mostSought = 8;

type Found = Map<string, string>;

/**
 * A trace that passed the gate, with the names of its world in the place of their pseudonyms, so that it can be checked like any
 * other. One stands for one value throughout: which, its rows say, by their ids; where it stands in arguments alone, what the call
 * gave. `conflicts`: pseudonyms for which there is no such value, a sentence each. The trace itself where it has none.
 */
export function withNames(trace: GoldTrace, domain: Domain, world: World): { trace: GoldTrace; conflicts: string[] } {
  const text = JSON.stringify(trace);
  if (text.search(pseudonym) === -1) return { trace, conflicts: [] };
  const pairs = pairing();
  namesInRows(trace, domain, world, pairs);
  let named = replaced(text, pairs.values);
  // What one call is given is known once another's rows are: each round names more, or is the last.
  for (let before = -1; pairs.values.size > before && pairs.conflicts.size === 0; ) {
    before = pairs.values.size;
    namesInResults(named, domain, world, pairs);
    if (pairs.values.size === before) namesInArguments(named, domain, world, pairs);
    named = replaced(text, pairs.values);
  }
  return pairs.conflicts.size > 0 ? { trace, conflicts: [...pairs.conflicts] } : { trace: named, conflicts: [] };
}

type Pairing = ReturnType<typeof pairing>;

/** Which pseudonym stands for which value: one for one, or it is a conflict. */
function pairing() {
  const values: Found = new Map();
  const names = new Map<string, string>();
  const conflicts = new Set<string>();
  return {
    values,
    conflicts,
    has: (value: string) => names.has(value),
    add(name: string, value: string): void {
      const [otherValue, otherName] = [values.get(name), names.get(value)];
      if (otherValue !== undefined && otherValue !== value) conflicts.add(`${name} stands for more than one value`);
      if (otherName !== undefined && otherName !== name)
        conflicts.add(`${otherName} and ${name} stand for the same value`);
      values.set(name, value);
      names.set(value, name);
    },
  };
}

/** Of rows that the world has under the same id, as long as nothing has changed them. */
function namesInRows(trace: GoldTrace, domain: Domain, world: World, pairs: Pairing): void {
  for (const { tool, given } of callsOf(trace, domain)) {
    if (tool.effect !== 'read') return;
    const id = idField(tool.entity);
    const rows = new Map(world.rows.get(tool.entity)?.map((row) => [row[id], row]));
    for (const row of objectsIn(given)) {
      const known = rows.get(row[id] as string);
      if (known === undefined) continue;
      for (const [name, value] of namesOfRow(row, known, domain, tool)) pairs.add(name, value);
    }
  }
}

/** Of what the calls give when they are run again, place by place: ids have pseudonyms too where they look like a person's. */
function namesInResults(trace: GoldTrace, domain: Domain, world: World, pairs: Pairing): void {
  const { outcomes } = replay(domain, world, trace);
  for (const { id, tool, given } of callsOf(trace, domain)) {
    const outcome = outcomes.get(id);
    if (!outcome?.ok) continue;
    const made = [...objectsIn(outcome.result)];
    for (const [index, row] of [...objectsIn(given)].entries())
      for (const [name, value] of namesOfRow(row, made[index] ?? {}, domain, tool)) pairs.add(name, value);
  }
}

function* namesOfRow(row: { [key: string]: unknown }, known: { [key: string]: unknown }, { file }: Domain, tool: Tool) {
  const fields = Object.entries(file.entities[tool.entity]?.fields ?? {});
  // Words, names and ids alone are ever replaced: no state, no number, no date.
  const texts = fields.flatMap(([key, field]) =>
    'name' in field || 'made' in field || 'text' in field || 'code' in field || 'ref' in field ? [key] : [],
  );
  for (const key of [idField(tool.entity), ...texts]) {
    const [given, stood] = [row[key], known[key]];
    if (typeof given === 'string' && typeof stood === 'string') yield* heldBy(given, stood);
  }
}

/** Of filters and ids that nothing came of which would show them: the first value of the world under which the call gives what it gave. */
function namesInArguments(trace: GoldTrace, domain: Domain, world: World, pairs: Pairing): void {
  const sought = new Set<string>();
  for (const { id, tool, args } of callsOf(trace, domain))
    for (const { name, field, use } of tool.arguments) {
      const given = args[name];
      const key = use === 'id' ? idField(tool.entity) : use === 'equal' ? field : null;
      if (key === null || typeof given !== 'string' || sought.size >= mostSought) continue;
      const [unknown] = given.match(pseudonym) ?? [];
      if (unknown === undefined || sought.has(unknown)) continue;
      sought.add(unknown);
      const stood = new Set(world.rows.get(tool.entity)?.flatMap((row) => row[key] ?? []));
      for (const value of stood) {
        const [found] = typeof value === 'string' ? heldBy(given, value) : [];
        if (found === undefined || found[0] !== unknown || pairs.has(found[1])) continue;
        const tried = replaced(JSON.stringify(trace), new Map([found]));
        const outcome = replay(domain, world, tried).outcomes.get(id);
        if (!outcome?.ok || !alike(tried.results?.[id], outcome.result)) continue;
        pairs.add(...found);
        return;
      }
    }
}

/** The same but for what pseudonyms may stand for. */
function alike(given: unknown, made: unknown, depth = 0): boolean {
  if (typeof given === 'string' && typeof made === 'string') return given === made || heldBy(given, made).length > 0;
  if (given === null || made === null || typeof given !== 'object' || typeof made !== 'object' || depth > deepest)
    return isDeepStrictEqual(given, made);
  const [of, as] = [Object.entries(given), new Map(Object.entries(made))];
  return of.length === as.size && of.every(([key, each]) => as.has(key) && alike(each, as.get(key), depth + 1));
}

/** Pseudonyms of a text with what stands in their place in the other; none where the two differ besides. */
function heldBy(given: string, stood: string): [string, string][] {
  const names = given.match(pseudonym) ?? [];
  const between = given.split(pseudonym);
  const held: [string, string][] = [];
  if (!stood.startsWith(between[0] as string)) return [];
  let at = (between[0] as string).length;
  for (const [index, name] of names.entries()) {
    const next = between[index + 1] as string;
    const last = index === names.length - 1;
    const end = last ? stood.length - next.length : stood.indexOf(next === '' ? ' ' : next, at + 1);
    if (end <= at || (last && !stood.endsWith(next))) return [];
    held.push([name, stood.slice(at, end)]);
    at = end + next.length;
  }
  return held;
}

/** In the order in which they run. */
function callsOf({ graph, results }: GoldTrace, domain: Domain) {
  const byId = new Map(graph.calls.map((call) => [call.call_id, call]));
  return graph.execution_order.flatMap((id) => {
    const { tool_id = '', arguments: args = {} } = byId.get(id) ?? {};
    const tool = domain.tools.get(tool_id.slice(domain.id.length + 1));
    return tool?.id === tool_id ? [{ id, tool, args, given: results?.[id] }] : [];
  });
}

function* objectsIn(value: unknown, depth = 0): Iterable<{ [key: string]: unknown }> {
  if (value === null || typeof value !== 'object' || depth > deepest) return;
  if (!Array.isArray(value)) yield value as { [key: string]: unknown };
  for (const each of Object.values(value)) yield* objectsIn(each, depth + 1);
}

function replaced(text: string, values: Found): GoldTrace {
  if (values.size === 0) return JSON.parse(text) as GoldTrace;
  const written = text.replace(pseudonym, (name) => {
    const value = values.get(name);
    return value === undefined ? name : JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(written) as GoldTrace;
}
