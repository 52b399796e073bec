import { type RawBuilder, sql } from 'kysely';
import type { QueryScope, TextNode } from '../../../shared/query/index.js';
import { placesPerTrace, rowsOf, textsPerRow } from '../sqlite/schema.js';
import { separated } from '../text/words.js';
import { any, never, type Predicate } from './predicates.js';

/**
 * Where a text condition has to look. `rows`: in the documents of the list rows with ids from `first` to `last` (of
 * exchanges: of the traces with these ids, too). `each`: it asks the index once per row. `everywhere`: no bounds.
 */
export type TextBounds =
  | { kind: 'rows'; first: number; last: number; traces: { first: number; last: number } | null }
  | { kind: 'each' }
  | { kind: 'everywhere' };

/**
 * The FTS5 query for a word or phrase. User text becomes a quoted FTS5 string and nothing else: no operator, column
 * filter or syntax error can come of it.
 */
export function ftsQuery(node: TextNode): string {
  const text = separated(node.text).replaceAll('"', '""');
  return `"${text}"${node.prefix ? ' *' : ''}`;
}

const perTrace = sql.lit(placesPerTrace * textsPerRow);
const perRow = sql.lit(textsPerRow);

/** Text rows of whole traces. */
const inTraces = (range: { first: number; last: number }) => ({
  first: rowsOf(range.first).first * textsPerRow,
  last: (rowsOf(range.last).last + 1) * textsPerRow - 1,
});

interface Source {
  /** Id of the list row that a text belongs to. */
  owner: RawBuilder<unknown>;
  /** Which half of the index the source has: texts of traces are above zero, texts of exchanges below. */
  half: RawBuilder<unknown>;
  /** What else tells its texts from others. */
  only: RawBuilder<unknown>;
  /** First and last text that rows can have; null where they have none. */
  texts: (bounds: Extract<TextBounds, { kind: 'rows' }>) => { first: number; last: number } | null;
  /** The same of the row `t`, in SQL. */
  ofRow: RawBuilder<unknown>;
}

/** The call that a step or tool call belongs to, which has its exchange's id. */
const callOfText = sql`ifnull(
  (SELECT s.call FROM steps AS s WHERE s.id = f.rowid / ${perRow}),
  (SELECT k.call FROM tool_calls AS k WHERE k.id = f.rowid / ${perRow}))`;

const sources: Record<QueryScope, Source[]> = {
  traces: [
    {
      owner: sql`f.rowid / ${perTrace}`,
      half: sql`f.rowid > 0`,
      only: sql`1`,
      texts: inTraces,
      ofRow: sql`f.rowid BETWEEN t.id * ${perTrace} AND t.id * ${perTrace} + ${perTrace} - 1`,
    },
  ],
  tool_calls: [
    {
      owner: sql`f.rowid / ${perRow}`,
      half: sql`f.rowid > 0`,
      only: sql`f.rowid % ${perRow} > 0`,
      texts: ({ first, last }) => ({ first: first * textsPerRow, last: (last + 1) * textsPerRow - 1 }),
      ofRow: sql`f.rowid BETWEEN t.id * ${perRow} + 1 AND t.id * ${perRow} + ${perRow} - 1`,
    },
  ],
  // An exchange is found by its URL and error, by the steps that its call added, and by the tool calls it asked for.
  exchanges: [
    {
      owner: sql`-f.rowid`,
      half: sql`f.rowid < 0`,
      only: sql`1`,
      texts: ({ first, last }) => ({ first: -last, last: -first }),
      ofRow: sql`f.rowid = -t.id`,
    },
    {
      owner: callOfText,
      half: sql`f.rowid > 0`,
      only: sql`${callOfText} IS NOT NULL`,
      texts: ({ traces }) => traces && inTraces(traces),
      ofRow: sql`f.rowid BETWEEN t.trace * ${perTrace} AND t.trace * ${perTrace} + ${perTrace} - 1 AND ${callOfText} = t.id`,
    },
  ],
};

/** The condition that the row `t` holds the text. */
export function textCondition(scope: QueryScope, node: TextNode, bounds: TextBounds): Predicate {
  const query = ftsQuery(node);
  const conditions = sources[scope].map((source): Predicate => {
    const from = sql`FROM texts AS f WHERE f.texts MATCH ${query}`;
    if (bounds.kind === 'each') return sql`EXISTS (SELECT 1 ${from} AND ${source.ofRow})`;
    const owners = sql`SELECT ${source.owner} ${from} AND ${source.only}`;
    if (bounds.kind === 'everywhere') return sql`t.id IN (${owners} AND ${source.half})`;
    const range = source.texts(bounds);
    if (range === null) return never;
    // FTS5 seeks to one lower bound only: with another beside it, it would read all texts before the range. And it takes
    // integers only, where a bound number would be a float.
    const [first, last] = [BigInt(range.first), BigInt(range.last)];
    return sql`t.id IN (${owners} AND f.rowid BETWEEN ${first} AND ${last})`;
  });
  return any(conditions);
}

/** The first text of a trace that holds the words and belongs to this call. */
export function firstTextOfCall(trace: number, call: number, query: string): RawBuilder<{ id: number }> {
  const { first, last } = inTraces({ first: trace, last: trace });
  return sql`SELECT f.rowid AS id FROM texts AS f WHERE f.texts MATCH ${query}
    AND f.rowid BETWEEN ${BigInt(first)} AND ${BigInt(last)} AND ${callOfText} = ${call} ORDER BY f.rowid LIMIT 1`;
}

/** At most `limit` ids of rows that hold the text, with repeats. */
export function matchingRows(scope: QueryScope, node: TextNode, limit: number): RawBuilder<{ id: number }> {
  const query = ftsQuery(node);
  const parts = sources[scope].map(
    ({ owner, half, only }) =>
      sql`SELECT id FROM (SELECT ${owner} AS id FROM texts AS f WHERE f.texts MATCH ${query} AND ${half} AND ${only} LIMIT ${limit})`,
  );
  return sql`${sql.join(parts, sql` UNION ALL `)} LIMIT ${limit}`;
}
