import { unpackCall } from '../codec/call-data.js';
import type { ExchangeHead } from '../codec/exchange-head.js';
import { unpackJson } from '../codec/pack.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import type { Documents } from '../dictionaries/documents.js';
import type { TraceTerms } from '../dictionaries/trace-terms.js';
import { lineageKeyBytes } from '../lookups/lineage-keys.js';
import { toolCallKeys } from '../save/tool-calls.js';
import { selectSteps, stepOf } from '../sqlite/rows/step.js';
import { resultOf } from '../sqlite/rows/tool-call.js';
import { argumentsTextRow, resultTextRow, rowsOf, stepTextRow, titleRow } from '../sqlite/schema.js';
import type { Sql } from '../sqlite/sql.js';
import { callText, jsonText, stepText } from '../text/step-text.js';
import { effectDeleter } from './delete-effects.js';
import type { ExchangeDeleteDependencies, exchangeDeleter } from './delete-exchange.js';

export interface DeleteDependencies extends ExchangeDeleteDependencies {
  documents: Documents;
  traceTerms: TraceTerms;
  sql: Sql;
  /** Values by which another trace is found for what reviewers say of it. */
  labelTerms(trace: number): void;
  exchanges: ReturnType<typeof exchangeDeleter>;
}

/**
 * Makes the command that deletes a trace with everything that is only its own: exchanges and their bodies, calls,
 * messages, steps, tool calls, decisions, effects, second reports, keys, findings, reviews, labels, what reviewers did, scores, its words in the text index, its values in the
 * filters. Traces that came of it stay, without their parent.
 */
export function traceDeleter(parts: DeleteDependencies) {
  const { statements, sql, documents, exchanges, terms, traceTerms, text, captureCounts, findings } = parts;
  type ById = { id: number };
  type ByRows = { first: number; last: number };
  const find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
    sql.selectFrom('traces').select(['id', 'title', 'started_at', 'terms']).where('uid', '=', p('uid')),
  );
  const children = statements.prepare<ById>()((sql, p) =>
    sql.selectFrom('traces').select(['id', 'started_at', 'terms']).where('parent', '=', p('id')),
  );
  const orphan = statements.prepare<ById & { terms: Buffer }>()((sql, p) =>
    sql
      .updateTable('traces')
      .set({ parent: null, parent_step: null, terms: p('terms') })
      .where('id', '=', p('id')),
  );
  const forgetPredecessor = statements.prepare<ById>()((sql, p) =>
    sql.updateTable('traces').set({ predecessor: null }).where('predecessor', '=', p('id')),
  );
  const calls = statements.prepare<ById>()((sql, p) =>
    sql.selectFrom('calls').select(['id', 'parent', 'lineage', 'data']).where('trace', '=', p('id')),
  );
  const toolCalls = statements.prepare<ByRows>()((sql, p) =>
    sql
      .selectFrom('tool_calls as k')
      .innerJoin('terms as n', 'n.id', 'k.tool')
      .leftJoin('documents as kd', 'kd.id', 'k.result_document')
      .select(['k.id', 'k.tool_call_id', 'k.call', 'k.tool', 'n.value as name', 'k.arguments'])
      .select(['k.at', 'k.effect_state', 'k.effect_keys'])
      .select(['k.result', 'kd.data as result_message', 'k.result_part'])
      .where('k.id', '>=', p('first'))
      .where('k.id', '<=', p('last')),
  );
  const steps = statements.prepare<ByRows>()((_, p) =>
    selectSteps().where('s.id', '>=', p('first')).where('s.id', '<=', p('last')).where('s.tool_call', 'is', null),
  );
  const deleteKey = statements.prepare<{ key: Buffer; call: number }>()((sql, p) =>
    sql.deleteFrom('lineage').where('key', '=', p('key')).where('call', '=', p('call')),
  );
  const loseChild = statements.prepare<ById>()((sql, p) =>
    sql
      .updateTable('calls')
      .set((eb) => ({ children: eb('children', '-', 1) }))
      .where('id', '=', p('id')),
  );
  const deleteCalls = statements.prepare<ById>()((sql, p) => sql.deleteFrom('calls').where('trace', '=', p('id')));
  const deleteTrace = statements.prepare<ById>()((sql, p) => sql.deleteFrom('traces').where('id', '=', p('id')));
  const deleteRows = (['steps', 'tool_calls', 'decisions'] as const).map((table) =>
    statements.prepare<ByRows>()((sql, p) =>
      sql.deleteFrom(table).where('id', '>=', p('first')).where('id', '<=', p('last')),
    ),
  );
  const deleteFinished = statements.prepare<ByRows>()((sql, p) =>
    sql.deleteFrom('finished_tool_calls').where('tool_call', '>=', p('first')).where('tool_call', '<=', p('last')),
  );
  const deleteOfTrace = (['step_times', 'trace_keys', 'event_ids', 'notes', 'witnesses'] as const).map((table) =>
    statements.prepare<ById>()((sql, p) => sql.deleteFrom(table).where('trace', '=', p('id'))),
  );
  const effects = effectDeleter(statements, captureCounts);

  return (traceId: string): boolean => {
    const uid = uidOrNull(traceId);
    const trace = uid && find.get({ uid });
    if (!trace) return false;
    const { id } = trace;
    const range = rowsOf(id);

    text.remove(stepTextRow(titleRow(id)), trace.title);
    for (const row of steps.all(range)) text.remove(stepTextRow(row.id), stepText(stepOf(row)));
    for (const toolCall of toolCalls.all(range)) {
      const { tool, call } = toolCall;
      text.remove(argumentsTextRow(toolCall.id), callText(toolCall.name, unpackJson(toolCall.arguments)));
      text.remove(resultTextRow(toolCall.id), jsonText(resultOf(toolCall)));
      for (const sent of [false, true]) {
        for (const key of toolCallKeys(toolCall.id, call, toolCall.tool_call_id, sent)) deleteKey.run(key);
      }
      effects.forgetToolCall(toolCall);
      terms.count('tool_calls', tool, -1);
    }
    for (const statement of [...deleteRows, deleteFinished]) statement.run(range);
    effects.delete(id);
    for (const statement of deleteOfTrace) statement.run({ id });

    for (const call of calls.all({ id })) {
      for (let at = 0; at < call.lineage.length; at += lineageKeyBytes) {
        deleteKey.run({ key: call.lineage.subarray(at, at + lineageKeyBytes), call: call.id });
      }
      captureCounts.addEdge(unpackCall(call.data).edge, -1);
      if (call.parent !== null) loseChild.run({ id: call.parent });
    }
    deleteCalls.run({ id });
    const carriers = new Set<string>();
    for (const exchange of exchanges.ofTrace(id)) {
      if (effects.passOn(exchange.id)) continue;
      const { part_of } = unpackJson<never>(exchange.head) as ExchangeHead;
      if (part_of !== undefined) carriers.add(part_of);
      exchanges.remove(exchange);
    }
    // A socket says all that its turns say, and belongs to no trace. Turns of other traces stand in exchanges of their own.
    for (const carrier of carriers) exchanges.removeWithoutTrace(uidBytes(carrier));

    findings.removeTyped(id);
    documents.release(id);
    traceTerms.change(trace, [], decodeDeltas(trace.terms));
    for (const child of children.all({ id })) {
      const subagent = traceTerms.id('flag', 'parent');
      orphan.run({ id: child.id, terms: traceTerms.change(child, [], [subagent]) });
    }
    forgetPredecessor.run({ id });
    const compared = sql(
      'SELECT other AS trace FROM comparisons WHERE trace = ?1 UNION SELECT trace FROM comparisons WHERE other = ?1',
    ).all(id) as { trace: number }[];
    const acts = sql('SELECT DISTINCT act FROM review_changes WHERE trace = ?1 OR other = ?1').all(id) as {
      act: number;
    }[];
    deleteTrace.run({ id });
    for (const { trace: other } of compared) if (other !== id) parts.labelTerms(other);
    for (const { act } of acts) {
      sql('DELETE FROM review_acts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM review_changes WHERE act = ?1)').run(
        act,
      );
    }
    terms.flush();
    captureCounts.flush();
    findings.flush();
    return true;
  };
}
