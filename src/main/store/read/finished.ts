import type { ToolCall, TraceSummary } from '../../../shared/model/index.js';
import { unpackCall } from '../codec/call-data.js';
import { fold } from '../dictionaries/terms.js';
import { selectToolCalls, toolCallOf } from '../sqlite/rows/tool-call.js';
import { traceOfRow } from '../sqlite/schema.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';

/** A tool call whose result has come, and what a row of a data set says of it besides. */
export interface FinishedToolCall {
  tool_call: ToolCall;
  source: TraceSummary['source'];
  revision: number;
  model: string | null;
}

/** Tool calls in the order in which they finished. What was deleted since is null. */
export class FinishedToolCalls {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  lastSeq(): number {
    const found = this.#statements.get(
      sqlBuilder.selectFrom('finished_tool_calls').select('seq').orderBy('seq', 'desc').limit(1),
    );
    return found?.seq ?? 0;
  }

  /**
   * At most `limit` places behind `after`, one at a time: a result may be large. `session`: others than those that a call of this
   * session asked for are null.
   */
  *behind(
    after: number,
    limit: number,
    session: string | null,
  ): Generator<{ seq: number; finished: FinishedToolCall | null }> {
    const places = this.#statements.all(
      sqlBuilder
        .selectFrom('finished_tool_calls')
        .select(['seq', 'tool_call'])
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit),
    );
    const wanted = session === null ? () => true : this.#ofSession(session);
    for (const { seq, tool_call } of places) {
      yield { seq, finished: wanted(tool_call) ? this.#read(tool_call) : null };
    }
  }

  #read(id: number): FinishedToolCall | null {
    const row = this.#statements.get(selectToolCalls().where('t.id', '=', id));
    const trace = this.#statements.get(
      sqlBuilder.selectFrom('traces').select(['source', 'revision']).where('id', '=', traceOfRow(id)),
    );
    if (row === undefined || trace === undefined) return null;
    const call = this.#statements.get(
      sqlBuilder
        .selectFrom('tool_calls as t')
        .innerJoin('calls as c', 'c.id', 't.call')
        .select('c.data')
        .where('t.id', '=', id),
    );
    return {
      tool_call: toolCallOf(row),
      source: JSON.parse(trace.source) as TraceSummary['source'],
      revision: trace.revision,
      model: call === undefined ? null : unpackCall(call.data).model,
    };
  }

  #ofSession(session: string): (toolCall: number) => boolean {
    const term = sessionTerm(this.#statements, session);
    if (term === undefined) return () => false;
    return (toolCall) =>
      this.#statements.get(
        sqlBuilder
          .selectFrom('tool_calls as t')
          .innerJoin('exchange_terms as d', 'd.exchange', 't.call')
          .select('t.id')
          .where('t.id', '=', toolCall)
          .where('d.term', '=', term.id),
      ) !== undefined;
  }
}

/** The term of a session's name; undefined where nothing carries it. */
function sessionTerm(statements: Statements, session: string): { id: number } | undefined {
  return statements.get(
    sqlBuilder
      .selectFrom('terms')
      .select('id')
      .where('field', '=', 'session')
      .where('folded', '=', fold(session))
      .where('value', '=', session),
  );
}
