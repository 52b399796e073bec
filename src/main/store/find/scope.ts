import { type RawBuilder, sql } from 'kysely';
import type { QueryScope } from '../../../shared/query/index.js';

/** How a list is stored: its table, the column it is ordered by (newest first, then by id), its table of terms. */
export interface ListScope {
  name: QueryScope;
  table: RawBuilder<unknown>;
  time: RawBuilder<unknown>;
  terms: { table: RawBuilder<unknown>; row: RawBuilder<unknown> } | null;
}

export const listScopes: Record<QueryScope, ListScope> = {
  traces: {
    name: 'traces',
    table: sql.table('traces'),
    time: sql.ref('started_at'),
    terms: { table: sql.table('trace_terms'), row: sql.ref('trace') },
  },
  tool_calls: { name: 'tool_calls', table: sql.table('tool_calls'), time: sql.ref('at'), terms: null },
  exchanges: {
    name: 'exchanges',
    table: sql.table('exchanges'),
    time: sql.ref('started_at'),
    terms: { table: sql.table('exchange_terms'), row: sql.ref('exchange') },
  },
};
