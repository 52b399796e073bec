import { type Domain, idField, rowKeys, type Tool, type Use } from '../domains/domain.js';
import { idOf, type Row, type Value, type World } from '../world/world.js';

export interface Caller {
  name: string;
  role: string;
  /** The id of the tenant that the caller belongs to. */
  tenant: string;
}

export type Args = { readonly [name: string]: Value };
export type Result = { [key: string]: unknown };

/** What a call came to: the result, or why the tool refused. */
export type Outcome = {
  /** What it was run on, as it was. */
  before: readonly Row[];
} & (
  | {
      ok: true;
      result: Result;
      /** What it gave or made. */
      rows: readonly Row[];
    }
  | { ok: false; error: string }
);

/** A world as the calls of one trace leave it: what they changed lies over it, so that others find it as it was. */
export interface State {
  world: World;
  changed: Map<string, Map<string, Row | null>>;
  added: Map<string, Row[]>;
}

/** Whose id it is, by what it begins with. */
export const entityOf = (file: Domain['file'], id: Value): string => {
  const prefix = String(id).slice(0, String(id).lastIndexOf('-'));
  return Object.entries(file.entities).find(([, entity]) => entity.id === prefix)?.[0] ?? '';
};

export const stateOf = (world: World): State => ({ world, changed: new Map(), added: new Map() });

/** The rows of an entity as they are by now, a tenant's where the entity has one; mostly nothing lies over the world's own. */
export function rowsOf(domain: Domain, state: State, entity: string, tenant: Value): readonly Row[] {
  const changed = state.changed.get(entity);
  const added = state.added.get(entity);
  const field = domain.tenantField.get(entity);
  const rows = state.world.rows.get(entity) ?? [];
  if (changed === undefined && added === undefined)
    return field === undefined ? rows : (state.world.ofTenant.get(entity)?.get(tenant) ?? []);
  const key = idField(entity);
  const now = [...rows, ...(added ?? [])].flatMap((row) => {
    const other = changed?.get(row[key] as string);
    return other === undefined ? [row] : other === null ? [] : [other];
  });
  return field === undefined ? now : now.filter((row) => row[field] === tenant);
}

export function rowOf(state: State, entity: string, id: Value): Row | undefined {
  const other = state.changed.get(entity)?.get(id as string);
  if (other !== undefined) return other ?? undefined;
  const key = idField(entity);
  // Ids count from 1 in the order of the rows.
  const row = state.world.rows.get(entity)?.[Number(String(id).slice(String(id).lastIndexOf('-') + 1)) - 1];
  if (row?.[key] === id) return row;
  return state.added.get(entity)?.find((each) => each[key] === id);
}

/** Runs a tool with arguments that its schema takes. The state changes as the tool says. */
export function simulate(domain: Domain, state: State, tool: Tool, args: Args, caller: Caller): Outcome {
  const { file, entity } = tool;
  const key = idField(entity);
  if (file.does === 'find') {
    const all = found(domain, tool, state, args, caller);
    const rows = all.slice(0, (args['limit'] as number | undefined) ?? file.most);
    return {
      ok: true,
      result: { [tool.list]: rows.map((row) => shown(tool, row)), found: all.length },
      rows,
      before: [],
    };
  }
  if (file.does === 'total') {
    const rows = matching(domain, tool, state, args, caller);
    const sum =
      file.of === undefined ? rows.length : rows.reduce((total, row) => total + (row[file.of as string] as number), 0);
    const value = file.how === 'average' ? sum / Math.max(1, rows.length) : sum;
    return {
      ok: true,
      result: { rows: rows.length, [file.how]: Math.round(value * 100) / 100 },
      rows: [],
      before: rows,
    };
  }
  if (file.does === 'create') {
    const refused = brokenRef(tool, state, args) ?? unfit(domain, file.needs, state, args);
    if (refused !== null) return { ok: false, error: refused, before: [] };
    const { id } = domain.file.entities[entity] as { id: string };
    const added = state.added.get(entity) ?? [];
    const row: Row = {
      [key]: idOf(id, (state.world.rows.get(entity)?.length ?? 0) + added.length + 1),
      ...fieldsOf(tool, args),
      ...constants(domain, tool, state, caller),
    };
    state.added.set(entity, [...added, row]);
    return { ok: true, result: shown(tool, row), rows: [row], before: [] };
  }
  const before = rowOf(state, entity, args[key] as Value);
  if (before === undefined) return { ok: false, error: `There is no ${entity} ${args[key]}.`, before: [] };
  if (file.does === 'get') return { ok: true, result: shown(tool, before), rows: [before], before: [before] };
  for (const [field, allowed] of Object.entries(file.needs ?? {}))
    if (!allowed.includes(before[field] as Value))
      return {
        ok: false,
        error: `${args[key]} is ${String(before[field])}, not ${allowed.join(' or ')}.`,
        before: [before],
      };
  const changed = state.changed.get(entity) ?? new Map<string, Row | null>();
  state.changed.set(entity, changed);
  if (file.does === 'remove') {
    changed.set(args[key] as string, null);
    return { ok: true, result: { [key]: args[key], removed: true }, rows: [], before: [before] };
  }
  const refused = brokenRef(tool, state, args);
  if (refused !== null) return { ok: false, error: refused, before: [before] };
  const row = { ...before, ...fieldsOf(tool, args), ...constants(domain, tool, state, caller) };
  changed.set(args[key] as string, row);
  return { ok: true, result: shown(tool, row), rows: [row], before: [before] };
}

/** The rows that a tool's filters leave, in the order in which they are kept: of the caller's tenant, unless another is asked for. */
export function matching(
  domain: Domain,
  tool: Tool,
  state: State,
  args: Args,
  caller: Pick<Caller, 'tenant'>,
  from: (rows: readonly Row[]) => readonly Row[] = (rows) => rows,
): Row[] {
  const tests: { field: string; use: Use; value: Value }[] = [];
  const own = domain.tenantField.get(tool.entity);
  for (const { name, use, field } of tool.arguments) {
    const value = args[name];
    if (value !== undefined && field !== null && use !== 'set' && field !== own) tests.push({ field, use, value });
  }
  const whose = own === undefined ? caller.tenant : (args[own] ?? caller.tenant);
  return from(rowsOf(domain, state, tool.entity, whose)).filter((row) =>
    tests.every(({ field, use, value }) => {
      const has = row[field] as Value;
      return use === 'above' ? has > value : use === 'below' ? has < value : has === value;
    }),
  );
}

/** The same in the order of a tool that finds; equals by their ids, so that the order is always the same. */
export function found(domain: Domain, tool: Tool, state: State, args: Args, caller: Pick<Caller, 'tenant'>): Row[] {
  const { file } = tool;
  if (file.does !== 'find') return matching(domain, tool, state, args, caller);
  return matching(domain, tool, state, args, caller, (rows) => inOrder(rows, file.order));
}

/** Of rows that nothing changes any more: a world's lists are asked for a hundred times. */
const ordered = new WeakMap<readonly Row[], Map<string, readonly Row[]>>();

function inOrder(rows: readonly Row[], order: string): readonly Row[] {
  const known = ordered.get(rows) ?? new Map<string, readonly Row[]>();
  ordered.set(rows, known);
  let sorted = known.get(order);
  if (sorted === undefined) {
    const down = order.startsWith('-');
    const field = down ? order.slice(1) : order;
    const compare = (a: Value, b: Value) => (a < b ? -1 : a > b ? 1 : 0);
    // Sorting is stable, and rows are kept by their ids.
    sorted = rows.toSorted((a, b) => (down ? -1 : 1) * compare(a[field] as Value, b[field] as Value));
    known.set(order, sorted);
  }
  return sorted;
}

function brokenRef(tool: Tool, state: State, args: Args): string | null {
  for (const { name, use, ref } of tool.arguments) {
    const value = args[name];
    if (use !== 'set' || ref === null || value === undefined) continue;
    if (rowOf(state, ref, value) === undefined) return `There is no ${ref} ${value}.`;
  }
  return null;
}

/** A row that a new one refers to and that is not as it must be. */
function unfit(
  { file }: Domain,
  needs: { [path: string]: Value[] } | undefined,
  state: State,
  args: Args,
): string | null {
  for (const [path, allowed] of Object.entries(needs ?? {})) {
    const [name = '', key = ''] = path.split('.');
    const id = args[name];
    if (id === undefined) continue;
    const is = rowOf(state, entityOf(file, id), id)?.[key];
    if (!allowed.includes(is as Value)) return `${id} is ${String(is)}, not ${allowed.join(' or ')}.`;
  }
  return null;
}

const fieldsOf = (tool: Tool, args: Args): Row =>
  Object.fromEntries(
    tool.arguments.flatMap(({ name, use }) => (use === 'set' && args[name] !== undefined ? [[name, args[name]]] : [])),
  );

/** What a tool sets by itself. Something happens today, and a moment of today is noon. */
function constants(domain: Domain, { file, entity }: Tool, { world }: State, caller: Caller): Row {
  const fields = domain.file.entities[entity]?.fields ?? {};
  const sets = 'sets' in file ? (file.sets ?? {}) : {};
  const setTo = (key: string, value: Value): Value => {
    if (value === '$caller') return caller.name;
    if (value !== '$today') return value;
    return 'moment' in (fields[key] ?? {}) ? `${world.today}T12:00:00Z` : world.today;
  };
  return Object.fromEntries(Object.entries(sets).map(([key, value]) => [key, setTo(key, value)]));
}

function shown(tool: Tool, row: Row): Result {
  const key = idField(tool.entity);
  const result: Result = { [key]: row[key] };
  for (const field of rowKeys(tool.file)) if (row[field] !== undefined) result[field] = row[field];
  return result;
}
