import { type RawBuilder, sql } from 'kysely';
import type { QueryScope, TextNode } from '../../../shared/query/index.js';
import { placesPerTrace, rowsOf } from '../schema.js';
import { any, type Predicate } from './predicates.js';

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
  const text = node.text.replaceAll('\0', ' ').replaceAll('"', '""');
  return `"${text}"${node.prefix ? ' *' : ''}`;
}

interface Source {
  table: 'trace_text' | 'tool_text' | 'exchange_text';
  /** Id of the list row that a document belongs to; null where it belongs to none. */
  owner: RawBuilder<unknown>;
  join?: RawBuilder<unknown>;
  /** First and last document that rows can have. */
  documents: (bounds: Extract<TextBounds, { kind: 'rows' }>) => { first: number; last: number } | null;
  /** The same of the row `t`, in SQL. */
  ofRow: RawBuilder<unknown>;
}

const inTraces = (range: { first: number; last: number } | null, factor: number) =>
  range && { first: rowsOf(range.first).first * factor, last: (rowsOf(range.last).last + 1) * factor - 1 };

const sources: Record<QueryScope, Source[]> = {
  traces: [
    {
      table: 'trace_text',
      owner: sql`f.rowid / ${sql.lit(placesPerTrace)}`,
      documents: (bounds) => inTraces(bounds, 1),
      ofRow: sql`f.rowid BETWEEN t.id * ${sql.lit(placesPerTrace)} AND t.id * ${sql.lit(placesPerTrace)} + ${sql.lit(placesPerTrace - 1)}`,
    },
    {
      table: 'tool_text',
      owner: sql`f.rowid / ${sql.lit(placesPerTrace * 2)}`,
      documents: (bounds) => inTraces(bounds, 2),
      ofRow: sql`f.rowid BETWEEN t.id * ${sql.lit(placesPerTrace * 2)} AND t.id * ${sql.lit(placesPerTrace * 2)} + ${sql.lit(placesPerTrace * 2 - 1)}`,
    },
  ],
  tool_calls: [
    {
      table: 'tool_text',
      owner: sql`f.rowid / 2`,
      documents: ({ first, last }) => ({ first: first * 2, last: last * 2 + 1 }),
      ofRow: sql`f.rowid BETWEEN t.id * 2 AND t.id * 2 + 1`,
    },
  ],
  // An exchange is found by its URL and error, by the steps that its call added, and by the tool calls it asked for.
  exchanges: [
    {
      table: 'exchange_text',
      owner: sql`f.rowid`,
      documents: ({ first, last }) => ({ first, last }),
      ofRow: sql`f.rowid = t.id`,
    },
    {
      table: 'trace_text',
      owner: sql`s.call`,
      join: sql`CROSS JOIN steps AS s ON s.id = f.rowid`,
      documents: ({ traces }) => inTraces(traces, 1),
      ofRow: sql`f.rowid BETWEEN t.trace * ${sql.lit(placesPerTrace)} AND t.trace * ${sql.lit(placesPerTrace)} + ${sql.lit(placesPerTrace - 1)} AND s.call = t.id`,
    },
    {
      table: 'tool_text',
      owner: sql`s.call`,
      join: sql`CROSS JOIN tool_calls AS s ON s.id = f.rowid / 2`,
      documents: ({ traces }) => inTraces(traces, 2),
      ofRow: sql`f.rowid BETWEEN t.trace * ${sql.lit(placesPerTrace * 2)} AND t.trace * ${sql.lit(placesPerTrace * 2)} + ${sql.lit(placesPerTrace * 2 - 1)} AND s.call = t.id`,
    },
  ],
};

/** The condition that the row `t` holds the text. */
export function textCondition(scope: QueryScope, node: TextNode, bounds: TextBounds): Predicate {
  return any(
    sources[scope].flatMap((source) => {
      const from = fromDocuments(source, node);
      if (bounds.kind === 'each') return [sql`EXISTS (SELECT 1 ${from} AND ${source.ofRow})`];
      if (bounds.kind === 'everywhere') return [sql`t.id IN (${owners(source, from)})`];
      const range = source.documents(bounds);
      if (range === null) return [];
      return [sql`t.id IN (${owners(source, sql`${from} AND f.rowid BETWEEN ${range.first} AND ${range.last}`)})`];
    }) as Predicate[],
  );
}

/** At most `limit` ids of rows that hold the text, with repeats. */
export function matchingRows(scope: QueryScope, node: TextNode, limit: number): RawBuilder<{ id: number }> {
  const parts = sources[scope].map(
    (source) => sql`SELECT id FROM (${owners(source, fromDocuments(source, node))} LIMIT ${limit})`,
  );
  return sql`${sql.join(parts, sql` UNION ALL `)} LIMIT ${limit}`;
}

function fromDocuments(source: Source, node: TextNode): RawBuilder<unknown> {
  // In a join FTS5 needs its table by name on the left of MATCH; an alias will do for its hidden column.
  return sql`FROM ${sql.table(source.table)} AS f ${source.join ?? sql``} WHERE f.${sql.ref(source.table)} MATCH ${ftsQuery(node)}`;
}
function owners(source: Source, from: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`SELECT ${source.owner} AS id ${from} ${source.join ? sql`AND s.call IS NOT NULL` : sql``}`;
}
