import { type Argument, type Domain, idField, isTenant, rowKeys, type Tool } from '../domains/domain.js';
import type { Field } from '../domains/schema.js';
import { rankOf } from '../domains/tiers.js';
import type { Random } from '../random.js';
import {
  type Args,
  type Caller,
  matching,
  type Outcome,
  rowOf,
  rowsOf,
  type State,
  simulate,
} from '../simulator/simulate.js';
import { fieldValue, type Row, type Value } from '../world/world.js';

export type Shape = 'single' | 'chain' | 'dag' | 'parallel';

/** Rows as a request speaks of them. */
export interface Phrase {
  entity: string;
  /** By its id, or by what it is called. */
  id?: Value;
  called?: Value;
  /** Spoken of before: "it", "them", "that supplier". */
  again?: boolean;
  count: number | 'all';
  /** The first of the finder's order, where more would fit. */
  first: string | null;
  by: { field: string; use: 'equal' | 'above' | 'below'; value: Value; phrase: Phrase | null }[];
}

/** Where the value of an argument comes from. */
export type Source = { from: 'user' } | { from: 'system' } | { from: 'call'; call: number; path: string };

export interface PlannedCall {
  tool: Tool;
  args: Args;
  sources: { [argument: string]: Source };
  outcome: Extract<Outcome, { ok: true }>;
  /** The place of the goal that it is for; null: it looks up what a goal needs. */
  goal: number | null;
}

export interface Goal {
  tool: Tool;
  it: Phrase | null;
  /** What the request says of its arguments. */
  given: { [field: string]: { value: Value; phrase: Phrase | null } };
  template: string | null;
  confirmed: boolean;
}

export interface Plan {
  calls: PlannedCall[];
  goals: Goal[];
  /** Of each call, the places of those that must have run before. */
  dependencies: number[][];
  shape: Shape;
}

/** A row that an earlier call gave, and where in its result the id stands. */
interface Held {
  row: Row;
  call: number;
  path: string;
}

type Binding = { value: Value; source: Source };

const bindingOf = (entity: string, { row, call, path }: Held): Binding => ({
  value: row[idField(entity)] as Value,
  source: { from: 'call', call, path },
});

/** Nothing in this world fits; another try may. */
class NoFit extends Error {}
/** One for all: a stack for each would cost more than the try. */
const noFit = new NoFit('nothing fits');

/** Plans calls for an intent, by running them. The state is the trace's own and changes. Null where this world has nothing that fits. */
export function planFor(
  domain: Domain,
  goals: readonly Tool[],
  wish: Shape,
  dice: Random,
  state: State,
  caller: Caller,
): Plan | null {
  try {
    return new Planner(domain, goals, wish, dice, state, caller).plan();
  } catch (error) {
    if (error instanceof NoFit) return null;
    throw error;
  }
}

const mostAtOnce = 3;
/** Rows of "all"; nobody reads more. */
const mostOfAll = 25;

class Planner {
  readonly #domain: Domain;
  readonly #tools: readonly Tool[];
  readonly #wish: Shape;
  readonly #dice: Random;
  readonly #state: State;
  readonly #caller: Caller;
  readonly #calls: PlannedCall[] = [];
  readonly #goals: Goal[] = [];
  readonly #held = new Map<string, Held[]>();

  constructor(domain: Domain, tools: readonly Tool[], wish: Shape, dice: Random, state: State, caller: Caller) {
    this.#domain = domain;
    this.#tools = tools;
    this.#wish = wish;
    this.#dice = dice;
    this.#state = state;
    this.#caller = caller;
  }

  plan(): Plan {
    for (const [index, tool] of this.#tools.entries()) this.#goal(tool, this.#tools.slice(index + 1));
    const dependencies = dependenciesOf(this.#calls);
    return { calls: this.#calls, goals: this.#goals, dependencies, shape: shapeOf(dependencies) };
  }

  #goal(tool: Tool, later: readonly Tool[]): void {
    const { does } = tool.file;
    if (does === 'find') this.#find(tool, later);
    else if (does === 'total') this.#total(tool);
    else if (does === 'create') this.#create(tool);
    else this.#act(tool, later);
  }

  #find(tool: Tool, later: readonly Tool[]): void {
    const fits = later.map((next) => this.#fitOf(next, tool.entity));
    const asked = later.some(
      (next) => next.entity === tool.entity || next.arguments.some(({ ref }) => ref === tool.entity),
    );
    const counts: (number | 'all')[] = asked
      ? [1, this.#wish === 'dag' ? 2 : 1, this.#wish === 'dag' ? mostAtOnce : 1]
      : [1, 2, 3, 5, 'all', 'all'];
    const it = this.#described(tool, (row) => fits.every((suits) => suits(row)), this.#dice.pick(counts), true);
    this.#goals.push({ tool, it: it.phrase, given: {}, template: this.#template(tool), confirmed: false });
  }

  /** Of all that was found before, one by one, or of what is described. */
  #total(tool: Tool): void {
    const row = this.#dice.pick(this.#candidates(tool.entity, this.#ofHeld(tool)));
    const { args, sources, by } = this.#filters(tool, row, 1, true);
    const about = tool.arguments.find(
      ({ ref, use, field }) =>
        use === 'equal' && ref !== null && this.#held.has(ref) && !this.#isTenant(tool, field as string),
    );
    const held = (about && this.#held.get(about.ref as string)?.slice(0, mostAtOnce)) ?? [];
    for (const { row: other, call, path } of held.slice(1)) {
      const { name, ref } = about as Argument;
      const key = idField(ref as string);
      this.#call(
        tool,
        { ...args, [name]: other[key] as Value },
        { ...sources, [name]: { from: 'call', call, path } },
        true,
      );
    }
    this.#call(tool, args, sources, true);
    const phrased = by.map((each) =>
      each.phrase?.again ? { ...each, phrase: { ...each.phrase, count: Math.max(1, held.length) } } : each,
    );
    this.#goals.push({
      tool,
      it: { entity: tool.entity, count: 'all', first: null, by: phrased },
      given: {},
      template: this.#template(tool),
      confirmed: false,
    });
  }

  /** `get`, `change` and `remove`, of what was found before or of one that is looked up. */
  #act(tool: Tool, later: readonly Tool[]): void {
    const template = this.#template(tool);
    const { given, args, sources, confirmed } = this.#sets(tool, template);
    const reads = tool.file.does === 'get';
    const fits = [tool, ...(reads ? later : [])].map((each) => this.#fitOf(each, tool.entity));
    const targets = this.#targets(tool.entity, (row) => fits.every((suits) => suits(row)), this.#isForOne(tool, given));
    const key = idField(tool.entity);
    for (const { value, source } of targets.rows) {
      this.#call(tool, { [key]: value, ...args }, { [key]: source, ...sources }, true);
    }
    this.#goals.push({ tool, it: targets.phrase, given, template, confirmed });
  }

  #create(tool: Tool): void {
    const template = this.#template(tool);
    const { given, args, sources, confirmed } = this.#sets(tool, template);
    const refs = tool.arguments.filter(
      ({ use, ref, name, required }) =>
        use === 'set' && ref !== null && !this.#isTenant(tool, name) && (required || template?.includes(`{${name}}`)),
    );
    let rounds: { args: Record<string, Value>; sources: Record<string, Source> }[] = [{ args: {}, sources: {} }];
    for (const { name, ref } of refs) {
      // What is not said is what was spoken of before, or nothing.
      if (template?.includes(`{${name}}`) !== true && !this.#held.has(ref as string)) throw noFit;
      const targets = this.#targets(ref as string, this.#fitOfRef(tool, name), this.#isForOne(tool, given));
      given[name] = { value: targets.rows[0]?.value as Value, phrase: targets.phrase };
      rounds = rounds.flatMap((round) =>
        targets.rows.map(({ value, source }) => ({
          args: { ...round.args, [name]: value },
          sources: { ...round.sources, [name]: source },
        })),
      );
    }
    if (rounds.length > mostAtOnce) throw noFit;
    for (const round of rounds) this.#call(tool, { ...round.args, ...args }, { ...round.sources, ...sources }, true);
    this.#goals.push({ tool, it: null, given, template, confirmed });
  }

  /** What the request says of the tool's own arguments, the tenant, and the user's word where it is needed. */
  #sets(tool: Tool, template: string | null) {
    const given: Goal['given'] = {};
    const args: Record<string, Value> = {};
    const sources: Record<string, Source> = {};
    for (const { name, use, ref } of tool.arguments) {
      if (use !== 'set') continue;
      if (this.#isTenant(tool, name)) {
        args[name] = this.#caller.tenant;
        sources[name] = { from: 'system' };
      } else if (ref === null && template?.includes(`{${name}}`)) {
        const field = this.#fields(tool.entity)[name] as Field;
        args[name] = fieldValue(
          field,
          {},
          { dice: this.#dice, today: this.#state.world.today, rows: this.#state.world.rows, used: null },
        );
        given[name] = { value: args[name] as Value, phrase: null };
        sources[name] = { from: 'user' };
      }
    }
    const confirmed = this.#confirms(tool, args);
    if (confirmed) {
      args['confirmed'] = true;
      sources['confirmed'] = { from: 'user' };
    }
    return { given, args, sources, confirmed };
  }

  /** Rows to act on: those of a goal before, one by its id, or one that is described and looked up. */
  #targets(entity: string, suits: (row: Row) => boolean, one: boolean): { rows: Binding[]; phrase: Phrase } {
    const held = this.#held
      .get(entity)
      ?.filter(({ row }) => suits(rowOf(this.#state, entity, row[idField(entity)] as Value) ?? row));
    if (held !== undefined && held.length > 0) {
      if (one && held.length > 1) throw noFit;
      const rows = held.slice(0, mostAtOnce).map((each) => bindingOf(entity, each));
      return { rows, phrase: { entity, count: rows.length, first: null, by: [], again: true } };
    }
    const finder = this.#wish === 'single' ? undefined : this.#finder(entity);
    if (finder === undefined) {
      const value = this.#dice.pick(this.#candidates(entity, suits))[idField(entity)] as Value;
      return {
        rows: [{ value, source: { from: 'user' } }],
        phrase: { entity, id: value, count: 1, first: null, by: [] },
      };
    }
    const count = !one && this.#wish === 'dag' && this.#dice.chance(0.6) ? 2 : 1;
    const { rows, phrase } = this.#described(finder, suits, count, false);
    return { rows: rows.map((each) => bindingOf(entity, each)), phrase };
  }

  /** Finds rows by what can be said of them; what it found is held for what comes later. */
  #described(
    tool: Tool,
    suits: (row: Row) => boolean,
    count: number | 'all',
    goal: boolean,
  ): { rows: Held[]; phrase: Phrase } {
    const { entity } = tool;
    for (let tries = 0; tries < 6; tries += 1) {
      const before = this.#calls.length;
      const ofHeld = this.#ofHeld(tool);
      const row = this.#dice.pick(this.#candidates(entity, (each) => suits(each) && ofHeld(each)));
      const { args, sources, by } = this.#filters(tool, row, tries < 4 ? 1 : 2, goal && count !== 1);
      const all = matching(this.#domain, tool, this.#state, args, this.#caller);
      const wanted = count === 'all' ? all.length : count;
      if (all.length >= wanted && wanted <= mostOfAll && !(count === 'all' && by.length === 0)) {
        const limit: Args = count === 'all' ? {} : { limit: count };
        const call = this.#call(
          tool,
          { ...args, ...limit },
          { ...sources, ...(count !== 'all' && { limit: { from: 'user' } as Source }) },
          goal,
        );
        const found = call.outcome.rows;
        if (found.every(suits)) {
          const at = this.#calls.length - 1;
          const rows = found.map((each, index) => ({
            row: each,
            call: at,
            path: `${tool.list}[${index}].${idField(entity)}`,
          }));
          this.#held.set(entity, rows);
          const called = this.#calledBy(tool, by, all.length);
          const first = all.length > wanted && tool.file.does === 'find' ? tool.file.first : null;
          return { rows, phrase: { entity, count, first, by, ...(called !== null && !goal && { called }) } };
        }
      }
      this.#calls.length = before;
    }
    throw noFit;
  }

  /** The name of a row that was found by its name alone. */
  #calledBy(tool: Tool, by: Phrase['by'], found: number): Value | null {
    const { called } = this.#domain.file.entities[tool.entity] as { called?: string };
    return found === 1 && by.length === 1 && by[0]?.field === called ? (by[0]?.value ?? null) : null;
  }

  /** Filters that a row passes and that can be spoken of. */
  #filters(tool: Tool, row: Row, least: number, many = false) {
    const args: Record<string, Value> = {};
    const sources: Record<string, Source> = {};
    const by: Phrase['by'] = [];
    const entity = this.#domain.file.entities[tool.entity] as { called?: string };
    const fields = this.#fields(tool.entity);
    const may: Argument[] = [];
    for (const argument of tool.arguments) {
      const { name, field, use, ref } = argument;
      if (field === null || use === 'id' || use === 'set' || use === 'limit' || use === 'confirm') continue;
      if (this.#isTenant(tool, field)) {
        args[name] = this.#caller.tenant;
        sources[name] = { from: 'system' };
        continue;
      }
      // What was spoken of before is what this is about.
      const held = ref === null ? undefined : this.#held.get(ref)?.[0];
      if (ref !== null && held !== undefined) {
        // One at a time is all that such an argument takes; a total is made of each.
        if (tool.file.does === 'find' && (this.#held.get(ref)?.length ?? 0) > 1) throw noFit;
        args[name] = held.row[idField(ref)] as Value;
        sources[name] = { from: 'call', call: held.call, path: held.path };
        by.push({
          field,
          use: 'equal',
          value: args[name],
          phrase: { entity: ref, count: 1, first: null, by: [], again: true },
        });
        continue;
      }
      const say = fields[field]?.say;
      // Several are never called by one name.
      if (field === entity.called && many) continue;
      if (
        field === entity.called ||
        (use === 'equal' ? say?.adjective !== undefined || say?.after !== undefined : say?.[use] !== undefined)
      )
        may.push(argument);
    }
    const most = by.length > 0 ? this.#dice.number(2) : least + this.#dice.number(2);
    // Who says a name says nothing else.
    const chosen = this.#dice.shuffled(may).slice(0, most);
    const named = chosen.find(({ field }) => field === entity.called);
    for (const { name, field, use, ref } of named && by.length === 0 ? [named] : chosen) {
      const key = field as string;
      if (key in args || by.some((each) => each.field === key)) continue;
      const value = use === 'equal' ? (row[key] as Value) : threshold(row[key] as Value, use === 'above');
      args[name] = value;
      sources[name] = { from: 'user' };
      let phrase: Phrase | null = null;
      if (ref !== null) {
        phrase = { entity: ref, id: value, count: 1, first: null, by: [] };
        const finder = this.#wish === 'single' ? undefined : this.#namedFinder(ref);
        if (finder !== undefined) {
          const looked = this.#lookUp(finder, value);
          if (looked !== null) {
            sources[name] = looked.source;
            phrase = { entity: ref, called: looked.called, count: 1, first: null, by: [] };
          }
        }
      }
      by.push({ field: key, use: use as 'equal' | 'above' | 'below', value, phrase });
    }
    return { args, sources, by };
  }

  /** A row's id by its name, where no other has that name. */
  #lookUp(finder: Tool, id: Value): { source: Source; called: Value } | null {
    const { called } = this.#domain.file.entities[finder.entity] as { called?: string };
    const row = rowOf(this.#state, finder.entity, id);
    const name = row?.[called as string];
    const argument = finder.arguments.find(({ field, use }) => field === called && use === 'equal');
    if (row === undefined || name === undefined || argument === undefined) return null;
    const tenant = finder.arguments.find(
      ({ field, use }) => field !== null && use === 'equal' && this.#isTenant(finder, field),
    );
    const args: Args = { ...(tenant && { [tenant.name]: this.#caller.tenant }), [argument.name]: name };
    const found = matching(this.#domain, finder, this.#state, args, this.#caller);
    if (found.length !== 1) return null;
    this.#call(
      finder,
      args,
      { ...(tenant && { [tenant.name]: { from: 'system' } as Source }), [argument.name]: { from: 'user' } },
      false,
    );
    return {
      source: { from: 'call', call: this.#calls.length - 1, path: `${finder.list}[0].${idField(finder.entity)}` },
      called: name,
    };
  }

  /** The one that gives away least. */
  #finder(entity: string): Tool | undefined {
    return this.#domain
      .finders(entity)
      .toSorted((a, b) => rankOf(a.tier) - rankOf(b.tier) || rowKeys(a.file).length - rowKeys(b.file).length)[0];
  }

  #namedFinder(entity: string): Tool | undefined {
    const { called } = this.#domain.file.entities[entity] as { called?: string };
    return called === undefined
      ? undefined
      : this.#domain
          .finders(entity)
          .find((tool) => tool.arguments.some(({ field, use }) => field === called && use === 'equal'));
  }

  /** Whether a row belongs to what was spoken of before, where the tool asks for that. */
  #ofHeld(tool: Tool): (row: Row) => boolean {
    const of = tool.arguments.flatMap(({ field, use, ref }) => {
      const held =
        ref === null || field === null || use !== 'equal' || this.#isTenant(tool, field)
          ? undefined
          : this.#held.get(ref)?.[0];
      return held === undefined ? [] : [[field as string, held.row[idField(ref as string)]] as const];
    });
    return (row) => of.every(([field, id]) => row[field] === id);
  }

  /** The caller's own rows that fit. */
  #candidates(entity: string, suits: (row: Row) => boolean): Row[] {
    const own = rowsOf(this.#domain, this.#state, entity, this.#caller.tenant).filter(suits);
    if (own.length === 0) throw noFit;
    return own;
  }

  /** What a row must be, for a tool that is run on it or that takes its id. */
  #fitOf(tool: Tool, entity: string): (row: Row) => boolean {
    const { file } = tool;
    if (tool.entity === entity && (file.does === 'change' || file.does === 'remove')) {
      const needs = Object.entries(file.needs ?? {});
      return (row) => needs.every(([key, allowed]) => allowed.includes(row[key] as Value));
    }
    const name = tool.arguments.find(({ ref, use }) => ref === entity && use === 'set')?.name;
    // What an earlier goal makes it is not known yet; the call itself refuses.
    return name === undefined || this.#tools.some((each) => each.entity === entity && each.file.does === 'change')
      ? () => true
      : this.#fitOfRef(tool, name);
  }

  #fitOfRef({ file }: Tool, name: string): (row: Row) => boolean {
    if (file.does !== 'create') return () => true;
    const needs = Object.entries(file.needs ?? {}).flatMap(([path, allowed]) =>
      path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), allowed] as const] : [],
    );
    return (row) => needs.every(([key, allowed]) => allowed.includes(row[key] as Value));
  }

  #confirms(tool: Tool, args: Args): boolean {
    return this.#domain.rules.some(
      (rule) =>
        rule.kind === 'confirm' &&
        rule.tool === tool.name &&
        Object.entries(rule.above ?? {}).every(([key, least]) => Number(args[key] ?? Number.POSITIVE_INFINITY) > least),
    );
  }

  /** A number, a day or a text is meant for one row; a state may be for several. */
  #isForOne(tool: Tool, given: Goal['given']): boolean {
    const fields = this.#fields(tool.entity);
    return Object.keys(given).some(
      (key) => !('one_of' in (fields[key] ?? {}) || 'flag' in (fields[key] ?? {}) || 'ref' in (fields[key] ?? {})),
    );
  }

  #template(tool: Tool): string | null {
    return tool.file.says === undefined ? null : this.#dice.pick(tool.file.says);
  }

  #isTenant(tool: Tool, key: string): boolean {
    return isTenant(this.#domain.file, tool.entity, key);
  }

  #fields(entity: string): { [key: string]: Field } {
    return (this.#domain.file.entities[entity] as { fields: { [key: string]: Field } }).fields;
  }

  #call(tool: Tool, args: Args, sources: PlannedCall['sources'], goal: boolean): PlannedCall {
    const outcome = simulate(this.#domain, this.#state, tool, args, this.#caller);
    if (!outcome.ok) throw noFit;
    const call = { tool, args, sources, outcome, goal: goal ? this.#goals.length : null };
    this.#calls.push(call);
    const { does } = tool.file;
    if (does === 'create' || does === 'change' || does === 'get') {
      const key = idField(tool.entity);
      const row = outcome.rows[0] as Row;
      const held = this.#held.get(tool.entity) ?? [];
      // What was found before stays where it was found; what is made or named one by one is held together.
      const known = held.findIndex((each) => each.row[key] === row[key]);
      const others = known < 0 ? held.filter(({ call: at }) => this.#calls[at]?.tool === tool) : held;
      this.#held.set(
        tool.entity,
        known < 0
          ? [...others, { row, call: this.#calls.length - 1, path: key }]
          : held.map((each, index) => (index === known ? { ...each, row } : each)),
      );
    }
    return call;
  }
}

/** A round number on the other side of a value; of a date, some days off. */
function threshold(value: Value, above: boolean): Value {
  if (typeof value === 'string')
    return (
      new Date(Date.parse(value) + (above ? -4 : 4) * 86_400_000)
        .toISOString()
        .slice(0, value.length === 10 ? 10 : 19) + (value.length === 10 ? '' : 'Z')
    );
  const size = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(Number(value)) || 1)));
  const step = Math.max(1, size / 2);
  return above
    ? Math.max(0, Math.ceil(Number(value) / step) * step - step)
    : Math.floor(Number(value) / step) * step + step;
}

/** What must have run before a call: what feeds it, and what changed the rows that it names. */
export function dependenciesOf(calls: readonly PlannedCall[]): number[][] {
  return calls.map(({ args, sources }, at) => {
    const before = new Set(Object.values(sources).flatMap((source) => (source.from === 'call' ? [source.call] : [])));
    const named = new Set(Object.values(args));
    for (const [index, { tool, outcome }] of calls.slice(0, at).entries())
      if (
        tool.effect !== 'read' &&
        [...outcome.rows, ...outcome.before].some((row) => named.has(row[idField(tool.entity)] as Value))
      )
        before.add(index);
    return [...before].sort((a, b) => a - b);
  });
}

/** `dag`: something waits for two, or two wait for it. */
export function shapeOf(dependencies: readonly (readonly number[])[]): Shape {
  if (dependencies.length === 1) return 'single';
  const feeds = dependencies.map((_, index) => dependencies.filter((each) => each.includes(index)).length);
  if (dependencies.some(({ length }) => length > 1) || feeds.some((count) => count > 1)) return 'dag';
  return dependencies.every(({ length }) => length === 0) ? 'parallel' : 'chain';
}
