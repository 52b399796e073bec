import { type RawBuilder, sql } from 'kysely';
import type { FieldNode, QueryNode, QueryScope, TextNode } from '../../../shared/query/index.js';
import { uidOrNull } from '../codec/uid.js';
import { lineageKey } from '../lookups/lineage-keys.js';
import { isCommon } from '../save/exchange-terms.js';
import { rowsOf } from '../sqlite/schema.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';
import { termOf } from './conditions.js';
import { listScopes } from './scope.js';
import { findTerms } from './term-lookup.js';
import { matchingRows } from './text-match.js';

/** Up to so many rows are gathered and sorted at once; more are walked in the list's own order. */
const gatherAtMost = 3000;

/**
 * What a list is walked along. `ordered`: rows `d` with `at` and `id` from an index, newest first. `gathered`: a few
 * rows, to be sorted. Either way `done` conditions hold for all of them already.
 */
export type Driver =
  | {
      kind: 'ordered';
      from: RawBuilder<unknown>;
      where: RawBuilder<unknown>;
      at: RawBuilder<unknown>;
      id: RawBuilder<unknown>;
      done: QueryNode[];
    }
  | { kind: 'gathered'; ids: RawBuilder<unknown>; done: QueryNode[] };

/**
 * Chooses among the conditions that must all hold the one that leaves the fewest rows: a rare word or a small set is
 * gathered; otherwise the rarest value is walked along its index; otherwise the list itself.
 */
export function chooseDriver(statements: Statements, scope: QueryScope, conditions: QueryNode[]): Driver {
  for (const node of conditions) {
    const ids = node.type === 'field' ? gatheredBy(statements, scope, node) : null;
    if (ids !== null) return { kind: 'gathered', ids, done: [node] };
  }
  const words = rareWords(statements, scope, conditions);
  const value = rarestValue(statements, scope, conditions);
  if (words !== null && (value === null || words.ids.length <= value.count)) {
    return {
      kind: 'gathered',
      ids: sql`SELECT value AS id FROM json_each(${JSON.stringify(words.ids)})`,
      done: words.done,
    };
  }
  return value?.driver ?? alongTheList(scope);
}

/** Just these traces, each once. */
export function amongTraces(traceIds: readonly string[]): Driver {
  return { kind: 'gathered', ids: rowsOfTraces(traceIds), done: [] };
}

/** The rows of traces by their ids; what is no id, or of none, has no row. */
export function rowsOfTraces(traceIds: readonly string[]): RawBuilder<unknown> {
  const uids = traceIds.flatMap((id) => uidOrNull(id)?.toString('hex') ?? []);
  return sql`SELECT DISTINCT i.id FROM json_each(${JSON.stringify(uids)}) AS u CROSS JOIN traces AS i ON i.uid = unhex(u.value)`;
}

function alongTheList(scope: QueryScope): Driver {
  const { table, time } = listScopes[scope];
  return { kind: 'ordered', from: sql`${table} AS d`, where: sql`1`, at: sql`d.${time}`, id: sql`d.id`, done: [] };
}

/** Rows that a condition on an id names. */
function gatheredBy(statements: Statements, scope: QueryScope, node: FieldNode): RawBuilder<unknown> | null {
  if (node.fieldType !== 'id') return scope === 'tool_calls' ? ofFewTraces(statements, node) : null;
  const { text } = node.value;
  if (scope === 'tool_calls' && node.field === 'id') {
    return sql`SELECT l.tool_call AS id FROM lineage AS l WHERE l.key = ${lineageKey('tool_call', text)} AND l.tool_call IS NOT NULL`;
  }
  if (scope === 'traces' && node.field !== 'id' && text.toLowerCase() === 'none') return null;
  if (node.field === 'duplicate_of' && scope === 'tool_calls') return null;
  const uid = uidOrNull(text) ?? Buffer.alloc(0);
  const { table } = listScopes[scope];
  if (node.field === 'id') return sql`SELECT i.id FROM ${table} AS i WHERE i.uid = ${uid}`;
  const call = sql`(SELECT c.id FROM calls AS c WHERE c.uid = ${uid})`;
  const trace = sql`(SELECT r.id FROM traces AS r WHERE r.uid = ${uid})`;
  if (node.field === 'duplicate_of') {
    return sql`SELECT m.trace AS id FROM near_members AS m
      WHERE m.level = 'trajectory' AND m.kept_trace = ${trace} AND m.trace <> m.kept_trace`;
  }
  if (scope === 'traces') {
    const column = sql.ref(`i.${node.field}`);
    return sql`SELECT i.id FROM traces AS i WHERE ${column} = ${trace} AND ${column} IS NOT NULL`;
  }
  if (scope === 'exchanges') {
    return node.field === 'call'
      ? sql`SELECT ${call} AS id`
      : sql`SELECT i.id FROM exchanges AS i WHERE i.trace = ${trace}`;
  }
  if (node.field === 'trace') {
    const found = statements.get(sqlBuilder.selectFrom('traces').select('id').where('uid', '=', uid));
    return toolCallsOf(found ? [found.id] : []);
  }
  const found = statements.get(sqlBuilder.selectFrom('calls').select(['id', 'trace']).where('uid', '=', uid));
  return found ? sql`${toolCallsOf([found.trace])} AND i.call = ${found.id}` : noRows;
}

/** The tool calls of traces that have a rare value, such as a session. */
function ofFewTraces(statements: Statements, node: FieldNode): RawBuilder<unknown> | null {
  if (node.fieldType !== 'term' || node.field === 'tool') return null;
  const terms = findTerms(statements, 'traces', node.field, node.value);
  const traces = terms.reduce((sum, { count }) => sum + count, 0);
  if (traces > 50) return null;
  const ids = terms.flatMap(({ id }) =>
    statements.all(sqlBuilder.selectFrom('trace_terms').select('trace').where('term', '=', id)),
  );
  return toolCallsOf(ids.map(({ trace }) => trace));
}

/** Ids of nothing, found without looking. */
const noRows = sql`SELECT 0 AS id WHERE 0`;

function toolCallsOf(traces: number[]): RawBuilder<unknown> {
  const ranges = traces.map((trace) => {
    const { first, last } = rowsOf(trace);
    return sql`i.id BETWEEN ${first} AND ${last}`;
  });
  return ranges.length === 0 ? noRows : sql`SELECT i.id FROM tool_calls AS i WHERE (${sql.join(ranges, sql` OR `)})`;
}

interface Words {
  ids: number[];
  done: QueryNode[];
}

/** The rows in which all rare words stand, where there is a rare one. */
function rareWords(statements: Statements, scope: QueryScope, conditions: QueryNode[]): Words | null {
  const texts = conditions.filter((node): node is TextNode => node.type === 'text');
  let words: Words | null = null;
  for (const node of texts) {
    const found = statements.all(matchingRows(scope, node, gatherAtMost + 1));
    if (found.length > gatherAtMost) continue;
    const ids: Set<number> = new Set(found.map(({ id }) => id));
    words = words
      ? { ids: words.ids.filter((id) => ids.has(id)), done: [...words.done, node] }
      : { ids: [...ids], done: [node] };
  }
  return words;
}

interface Value {
  count: number;
  driver: Driver;
}

function rarestValue(statements: Statements, scope: QueryScope, conditions: QueryNode[]): Value | null {
  let best: Value | null = null;
  for (const node of conditions) {
    if (node.type !== 'field') continue;
    const value =
      scope === 'tool_calls' ? alongToolCalls(statements, node, conditions) : alongValue(statements, scope, node);
    if (value !== null && (best === null || value.count < best.count)) best = value;
  }
  return best;
}

function alongValue(statements: Statements, scope: QueryScope, node: FieldNode): Value | null {
  const named = namedTerm(scope, node);
  if (named === null) return null;
  if (scope === 'exchanges') {
    const { field, value } = named;
    const folded = field === 'method' ? value.text.toUpperCase() : value.text.toLowerCase();
    if (isCommon([field, folded]) || (field === 'method' && value.text.includes('*'))) return null;
  }
  const found = findTerms(statements, scope, named.field, named.value);
  const count = found.reduce((sum, term) => sum + term.count, 0);
  const { table, row } = listScopes[scope].terms as { table: RawBuilder<unknown>; row: RawBuilder<unknown> };
  const [term] = found;
  if (found.length === 1 && term) {
    const along = {
      from: sql`${table} AS d`,
      where: sql`d.term = ${term.id}`,
      at: sql`d.started_at`,
      id: sql`d.${row}`,
    };
    return { count, driver: { kind: 'ordered', ...along, done: [node] } };
  }
  if (count > gatherAtMost) return null;
  if (found.length === 0) return { count, driver: { kind: 'gathered', ids: noRows, done: [node] } };
  const list = sql.join(found.map(({ id }) => sql`${id}`));
  const ids = sql`SELECT DISTINCT ${row} AS id FROM ${table} WHERE term IN (${list})`;
  return { count, driver: { kind: 'gathered', ids, done: [node] } };
}

/** The dictionary's term for a condition that names one value; null for every other. */
function namedTerm(scope: QueryScope, node: FieldNode): { field: string; value: FieldNode['value'] } | null {
  const { value } = node;
  if (node.fieldType === 'term') return { field: node.field, value };
  const word = value.text.toLowerCase();
  const literal = (text: string) => ({ ...value, text, quoted: true });
  if (node.fieldType === 'status') {
    if (node.op !== '=' || word === 'ok' || word.endsWith('xx')) return null;
    return word === 'error' ? { field: 'flag', value: literal('error') } : { field: 'status', value: literal(word) };
  }
  if (node.fieldType !== 'choice' && node.fieldType !== 'flag') return null;
  if (scope === 'exchanges' && node.field === 'effect') return null;
  if (node.field === 'consent' && word === 'no') return null;
  if (node.field === 'is' && word === 'stale') return null;
  // Said of it by others: no term of its own.
  if (node.fieldType === 'flag' && word === 'duplicate') return null;
  if (word === 'none' || (node.field === 'status' && word === 'ok')) return null;
  const term = termOf(scope, node.field, word) ?? { field: node.field, value: word };
  return { field: term.field, value: literal(term.value) };
}

function alongToolCalls(statements: Statements, node: FieldNode, conditions: QueryNode[]): Value | null {
  const along = (condition: RawBuilder<unknown>, count: number, done: QueryNode[]): Value => ({
    count,
    driver: { kind: 'ordered', from: sql`tool_calls AS d`, where: condition, at: sql`d.at`, id: sql`d.id`, done },
  });
  const status = statusOf(node);
  // Their number is not kept; they are few beside those that went well. The index is partial: its own condition must
  // stand there.
  if (status === 'error') return along(sql`d.status = 'error' AND d.status <> 'ok'`, gatherAtMost, [node]);
  if (status === 'suspect') return along(sql`d.suspicion IS NOT NULL`, gatherAtMost, [node]);
  if (status === 'pending') return along(sql`d.status = 'pending' AND d.status <> 'ok'`, gatherAtMost, [node]);
  if (node.field === 'effect' && node.value.text.toLowerCase() !== 'joined') {
    const state = node.value.text.toLowerCase();
    return along(sql`d.effect_state = ${state} AND d.effect_state IS NOT NULL`, gatherAtMost, [node]);
  }
  if (node.field !== 'tool') return null;
  const found = findTerms(statements, 'tool_calls', 'tool', node.value);
  const [term] = found;
  if (!term) return { count: 0, driver: { kind: 'gathered', ids: noRows, done: [node] } };
  if (found.length > 1) return null;
  const other = conditions.find((each) => each.type === 'field' && (statusOf(each) ?? 'suspect') !== 'suspect');
  if (other?.type !== 'field') return along(sql`d.tool = ${term.id}`, term.count, [node]);
  // The index of tools has the status too: both conditions without a look at the rows, fewer than either alone.
  return along(sql`d.tool = ${term.id} AND +d.status = ${statusOf(other)}`, 0, [node, other]);
}

function statusOf(node: FieldNode): string | null {
  const word = node.value.text.toLowerCase();
  if (node.field === 'has' && word === 'error') return word;
  return node.field === 'status' ? word : null;
}
