import { type RawBuilder, sql } from 'kysely';
import type { QueryNode, QueryScope } from '../../../shared/query/index.js';
import { parseQuery, printQuery } from '../../../shared/query/index.js';
import { traceOfRow } from '../sqlite/schema.js';
import type { Statements } from '../sqlite/statements.js';
import { Conditions, traceOf } from './conditions.js';
import { decodeCursor, encodeCursor, type Place } from './cursor.js';
import { amongTraces, chooseDriver, type Driver, rowsOfTraces } from './driver.js';
import { all, type Predicate, timeBounds } from './predicates.js';
import { listScopes } from './scope.js';
import type { TextBounds } from './text-match.js';

export interface FindOptions {
  scope: QueryScope;
  query: string;
  /** Of a list of traces: only these of what the query finds. */
  traceIds?: readonly string[] | undefined;
  /** Of a list of traces or tool calls: none of these traces. */
  without?: readonly string[] | undefined;
  limit: number;
  cursor: string | null;
  /** Microseconds since the epoch: what relative dates count from. */
  now: number;
}

/** Row ids of one page, in order; the cursor is null where nothing follows. */
export interface FoundRows {
  ids: number[];
  next_cursor: string | null;
}

const firstSlice = 256;
const firstWindow = 512;
const lastWindow = 32_768;
/** A page that is not full yet is handed out after this; the next one goes on from where the search stood. */
const enoughMs = 150;
/** And an empty one after this. */
const tooLongMs = 1000;

interface Row {
  at: number;
  id: number;
}

/**
 * One page of a list, newest first.
 *
 * The conditions' driver gives rows in order; these are looked through in windows that grow, so that a page of a common
 * condition costs a page, and one of a rare combination is bounded: text conditions ask the index only for the
 * documents of the window's rows.
 * @throws SluiceError `query_invalid`, `cursor_invalid`
 */
export function find(statements: Statements, options: FindOptions): FoundRows {
  const { scope, limit, traceIds } = options;
  const query = parseQuery(options.query, scope);
  const list = `${scope}\n${printQuery(query)}${traceIds === undefined ? '' : `\n${traceIds.join()}`}`;
  const after = decodeCursor(list, options.cursor);
  const parts = query === null ? [] : query.type === 'and' ? query.items : [query];
  const { from, start, rest } = timeOf(parts, after, options.now);
  const driver = traceIds === undefined ? chooseDriver(statements, scope, rest) : amongTraces(traceIds);
  const conditions = rest.filter((node) => !driver.done.includes(node));
  const search = new Search(statements, { scope, nodes: conditions, now: options.now, from, without: options.without });
  const { rows, resume } =
    driver.kind === 'gathered' ? search.sift(driver, start, limit + 1) : search.walk(driver, start, limit + 1);
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? (page.at(-1) as Row) : resume;
  return { ids: page.map(({ id }) => id), next_cursor: next && encodeCursor(list, next) };
}

/** The number of rows that a query matches. */
export function count(
  statements: Statements,
  scope: QueryScope,
  query: string,
  now: number,
  traceIds?: readonly string[],
  without?: readonly string[],
): number {
  const node = parseQuery(query, scope);
  const matches = node === null ? [] : [new Conditions(statements, scope, now).of(node, { kind: 'everywhere' })];
  const where = all([...matches, ...noneOf(scope, without)]);
  const { table } = listScopes[scope];
  const from =
    traceIds === undefined
      ? sql`${table} AS t`
      : sql`(${rowsOfTraces(traceIds)}) AS d CROSS JOIN ${table} AS t ON t.id = d.id`;
  const counted = sql<{ n: number }>`SELECT count(*) AS n FROM ${from} WHERE ${where}`;
  return statements.get(counted)?.n ?? 0;
}

/** Takes the conditions on the list's own time out: they are bounds of the walk. */
function timeOf(parts: QueryNode[], after: Place | null, now: number) {
  let from = Number.MIN_SAFE_INTEGER;
  let start: Place = after ?? { at: Number.MAX_SAFE_INTEGER, id: 0 };
  const rest = parts.filter((node) => {
    if ((node.type !== 'field' && node.type !== 'range') || node.field !== 'started') return true;
    const bounds = timeBounds(node, now);
    if (bounds.from !== null) from = Math.max(from, bounds.from);
    // Row ids are positive: nothing at `before` itself comes before (before, 0).
    if (bounds.before !== null && bounds.before <= start.at) start = { at: bounds.before, id: 0 };
    return false;
  });
  return { from, start, rest };
}

type Ordered = Extract<Driver, { kind: 'ordered' }>;

interface Walked {
  rows: Row[];
  /** Where a search that was broken off goes on; null where it came to its end or its limit. */
  resume: Place | null;
}

class Budget {
  readonly #began = performance.now();

  /** True where what was found so far (perhaps nothing) has to do for one page. */
  spent(found: number): boolean {
    return performance.now() - this.#began > (found > 0 ? enoughMs : tooLongMs);
  }
}

interface Searched extends Pick<FindOptions, 'scope' | 'now' | 'without'> {
  nodes: QueryNode[];
  from: number;
}

class Search {
  readonly #statements: Statements;
  readonly #scope: QueryScope;
  readonly #nodes: QueryNode[];
  readonly #without: Predicate[];
  /** Every row is one. */
  readonly #all: boolean;
  readonly #conditions: Conditions;
  readonly #from: number;

  constructor(statements: Statements, { scope, nodes, now, from, without }: Searched) {
    this.#statements = statements;
    this.#scope = scope;
    this.#nodes = nodes;
    this.#without = noneOf(scope, without);
    this.#all = nodes.length === 0 && this.#without.length === 0;
    this.#conditions = new Conditions(statements, scope, now);
    this.#from = from;
  }

  /** A few rows, sorted, then looked through in slices. */
  sift(driver: Extract<Driver, { kind: 'gathered' }>, start: Place, limit: number): Walked {
    const { table, time } = listScopes[this.#scope];
    // The plus keeps SQLite from walking the whole list in order when it should look up these few rows.
    const candidates = this.#read(sql`
      SELECT t.${time} AS at, t.id AS id FROM (${driver.ids}) AS d CROSS JOIN ${table} AS t ON t.id = d.id
      WHERE t.${time} >= ${this.#from} AND (t.${time}, t.id) < (${start.at}, ${start.id})
      ORDER BY +t.${time} DESC, +t.id DESC LIMIT ${this.#all ? limit : -1}`);
    if (this.#all) return { rows: candidates, resume: null };
    const rows: Row[] = [];
    const budget = new Budget();
    // For few rows asking the text index for each is cheaper than for all that it knows.
    const where = this.#where({ kind: 'each' });
    for (let at = 0, size = firstSlice; at < candidates.length; at += size, size *= 2) {
      const slice = candidates.slice(at, at + size);
      const ids = JSON.stringify(slice.map(({ id }) => id));
      const kept = this.#statements.all<{ id: number }>(sql<{ id: number }>`
        SELECT t.id FROM json_each(${ids}) AS d CROSS JOIN ${table} AS t ON t.id = d.value WHERE ${where}`);
      const keep = new Set(kept.map(({ id }) => id));
      rows.push(...slice.filter(({ id }) => keep.has(id)));
      if (rows.length >= limit) return { rows, resume: null };
      if (budget.spent(rows.length) && at + size < candidates.length) return { rows, resume: slice.at(-1) as Row };
    }
    return { rows, resume: null };
  }

  /** Rows in an index's order, looked through in windows. */
  walk(driver: Ordered, start: Place, limit: number): Walked {
    const rows: Row[] = [];
    const budget = new Budget();
    let place = start;
    if (this.#all) return { rows: this.#window(driver, place, null, limit), resume: null };
    for (let size = firstWindow; ; size = Math.min(size * 4, lastWindow)) {
      const end = this.#endOfWindow(driver, place, size);
      rows.push(...this.#window(driver, place, end, limit - rows.length));
      if (end === null || rows.length >= limit) return { rows, resume: null };
      place = end;
      if (budget.spent(rows.length)) return { rows, resume: place };
    }
  }

  /** The last of the next `size` rows; null where there are fewer. */
  #endOfWindow(driver: Ordered, place: Place, size: number): Place | null {
    const order = sql`ORDER BY ${driver.at} DESC, ${driver.id} DESC LIMIT 1 OFFSET ${size - 1}`;
    return this.#rows(driver, place, null, order)[0] ?? null;
  }

  #window(driver: Ordered, place: Place, end: Place | null, limit: number): Row[] {
    const { table } = listScopes[this.#scope];
    const order = sql`ORDER BY ${driver.at} DESC, ${driver.id} DESC LIMIT ${limit}`;
    if (this.#all) return this.#rows(driver, place, end, order);
    const bounds = hasText(this.#nodes) ? this.#boundsOf(driver, place, end) : ({ kind: 'everywhere' } as const);
    if (bounds === null) return [];
    const where = this.#where(bounds);
    // CROSS JOIN: the driver's index decides the order, the list's row is looked up for its conditions.
    return this.#read(sql`
      SELECT ${driver.at} AS at, ${driver.id} AS id FROM ${driver.from} CROSS JOIN ${table} AS t ON t.id = ${driver.id}
      WHERE ${this.#between(driver, place, end)} AND ${where} ${order}`);
  }

  /** Where the text conditions of a window have to look; null where the window is empty. */
  #boundsOf(driver: Ordered, place: Place, end: Place | null): TextBounds | null {
    const ids = sql`SELECT ${driver.id} AS id FROM ${driver.from} WHERE ${this.#between(driver, place, end)}`;
    const traces = this.#scope === 'exchanges' ? sql`min(x.trace), max(x.trace)` : sql`NULL, NULL`;
    const join = this.#scope === 'exchanges' ? sql`CROSS JOIN exchanges AS x ON x.id = w.id` : sql``;
    const span = this.#statements.get<Span>(sql<Span>`
      WITH w AS (${ids}), s (first, last, rows, first_trace, last_trace) AS
      (SELECT min(w.id), max(w.id), count(*), ${traces} FROM w ${join}) SELECT * FROM s`);
    if (!span || span.rows === 0) return null;
    const { first, last, first_trace, last_trace } = span;
    // Rows that lie far apart in the index have too much of others between them.
    const width = {
      traces: last - first,
      tool_calls: traceOfRow(last) - traceOfRow(first),
      exchanges: (last_trace ?? 0) - (first_trace ?? 0),
    }[this.#scope];
    if (width > 64 && width > span.rows * 32) return { kind: 'each' };
    const among = first_trace === null || last_trace === null ? null : { first: first_trace, last: last_trace };
    return { kind: 'rows', first, last, traces: among };
  }

  #between(driver: Ordered, place: Place, end: Place | null): RawBuilder<unknown> {
    const key = sql`(${driver.at}, ${driver.id})`;
    // One lower bound, not two: SQLite walks an index down to one of them only, and it need not be the nearer.
    const lower = end === null ? sql`${driver.at} >= ${this.#from}` : sql`${key} >= (${end.at}, ${end.id})`;
    return sql`${driver.where} AND ${lower} AND ${key} < (${place.at}, ${place.id})`;
  }

  #rows(driver: Ordered, place: Place, end: Place | null, order: RawBuilder<unknown>): Row[] {
    return this.#read(sql`
      SELECT ${driver.at} AS at, ${driver.id} AS id FROM ${driver.from}
      WHERE ${this.#between(driver, place, end)} ${order}`);
  }

  #where(bounds: TextBounds) {
    return all([...this.#nodes.map((node) => this.#conditions.of(node, bounds)), ...this.#without]);
  }

  #read(query: RawBuilder<unknown>): Row[] {
    return this.#statements.all(query as RawBuilder<Row>);
  }
}

interface Span {
  first: number;
  last: number;
  rows: number;
  first_trace: number | null;
  last_trace: number | null;
}

function noneOf(scope: QueryScope, traceIds: readonly string[] = []): Predicate[] {
  return traceIds.length === 0 ? [] : [sql`${traceOf[scope]} NOT IN (${rowsOfTraces(traceIds)})`];
}

function hasText(nodes: QueryNode[]): boolean {
  return nodes.some((node) => {
    if (node.type === 'text') return true;
    if (node.type === 'not') return hasText([node.item]);
    return (node.type === 'and' || node.type === 'or') && hasText(node.items);
  });
}
