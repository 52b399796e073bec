import { sql } from 'kysely';
import { uidText } from '../codec/uid.js';
import { fold } from '../dictionaries/terms.js';
import { placesPerTrace } from '../sqlite/schema.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';

export interface SessionSummary {
  exchanges: number;
  calls: number;
  tool_calls: number;
  /** In the order in which they began. */
  trace_ids: string[];
}

/** The term of a session's name; undefined where nothing carries it. */
export function sessionTerm(statements: Statements, session: string): { id: number } | undefined {
  return statements.get(
    sqlBuilder
      .selectFrom('terms')
      .select('id')
      .where('field', '=', 'session')
      .where('folded', '=', fold(session))
      .where('value', '=', session),
  );
}

/** What came of the exchanges of a named session that began at `from` (microseconds) or later. */
export function sessionSummary(statements: Statements, session: string, from: number): SessionSummary {
  const none: SessionSummary = { exchanges: 0, calls: 0, tool_calls: 0, trace_ids: [] };
  const term = sessionTerm(statements, session);
  if (!term) return none;
  const rows = statements.all(
    sqlBuilder
      .selectFrom('exchange_terms as d')
      .innerJoin('exchanges as x', 'x.id', 'd.exchange')
      .leftJoin('calls as c', 'c.id', 'x.id')
      .select(['x.id', 'x.trace', 'c.id as call'])
      .where('d.term', '=', term.id)
      .where('d.started_at', '>=', from),
  );
  const exchanges = new Set(rows.map(({ id }) => id));
  const traces = [...new Set(rows.flatMap(({ trace }) => (trace === null ? [] : [trace])))];
  let toolCalls = 0;
  for (const trace of traces) {
    const asked = statements.all(
      sqlBuilder
        .selectFrom('tool_calls')
        .select('call')
        .where(
          sql<boolean>`id BETWEEN ${trace} * ${sql.lit(placesPerTrace)} AND ${trace + 1} * ${sql.lit(placesPerTrace)}`,
        ),
    );
    toolCalls += asked.filter(({ call }) => call !== null && exchanges.has(call)).length;
  }
  const uids = statements.all(
    sqlBuilder.selectFrom('traces').select('uid').where('id', 'in', traces).orderBy('started_at').orderBy('id'),
  );
  return {
    exchanges: rows.length,
    calls: rows.filter(({ call }) => call !== null).length,
    tool_calls: toolCalls,
    trace_ids: uids.map(({ uid }) => uidText(uid)),
  };
}
