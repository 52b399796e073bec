import type { ExchangeSummary, Page, ToolCall, TraceSummary } from '../../../shared/model/index.js';
import type { QueryScope } from '../../../shared/query/index.js';
import { type FoundRows, find } from '../find/find.js';
import { exchangeSummary, selectExchanges } from '../sqlite/rows/exchange.js';
import { selectToolCalls, toolCallOf } from '../sqlite/rows/tool-call.js';
import { selectTraces, traceSummary } from '../sqlite/rows/trace.js';
import type { Statements } from '../sqlite/statements.js';

export interface ListOptions {
  query: string;
  /** Only these traces of what the query finds. */
  traceIds?: readonly string[] | undefined;
  /** None of these traces, and none of their tool calls. */
  without?: readonly string[] | undefined;
  limit: number;
  cursor: string | null;
}

/** A page of more rows is no page. */
const maxLimit = 1000;

/** The three lists: what a query finds, newest first, as lists show it. */
export class Lists {
  readonly #statements: Statements;
  readonly #now: () => number;

  constructor(statements: Statements, now: () => number) {
    this.#statements = statements;
    this.#now = now;
  }

  traces(options: ListOptions): Page<TraceSummary> {
    const found = this.#find('traces', options);
    const rows = this.#statements.all(selectTraces().where('t.id', 'in', found.ids));
    return page(found, rows, traceSummary);
  }

  toolCalls(options: ListOptions): Page<ToolCall> {
    const found = this.#find('tool_calls', options);
    const rows = this.#statements.all(selectToolCalls().where('t.id', 'in', found.ids));
    return page(found, rows, toolCallOf);
  }

  exchanges(options: ListOptions): Page<ExchangeSummary> {
    const found = this.#find('exchanges', options);
    const rows = this.#statements.all(selectExchanges().where('t.id', 'in', found.ids));
    return page(found, rows, exchangeSummary);
  }

  #find(scope: QueryScope, { limit, ...options }: ListOptions): FoundRows {
    const bounded = Math.max(1, Math.min(Math.trunc(limit), maxLimit));
    return find(this.#statements, { ...options, scope, limit: bounded, now: this.#now() });
  }
}

/** Rows in the order in which they were found; one that was deleted in between is left out. */
function page<R extends { id: number }, T>(found: FoundRows, rows: R[], item: (row: R) => T): Page<T> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const items = found.ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [item(row)] : [];
  });
  return { items, next_cursor: found.next_cursor };
}
