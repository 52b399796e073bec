import type { Assembled, AssembledCall, AssembledRecord } from '../../../shared/model/index.js';
import { isSentKey } from '../../../shared/sent-keys.js';
import type { Documents } from '../dictionaries/documents.js';
import { ContentParts, noMessages } from '../text/content-parts.js';
import type { CallSaver } from './call.js';
import type { EffectSaver } from './effects.js';
import type { ExchangeSaver } from './exchange.js';
import type { RecordSaver } from './records.js';
import { type RowSavers, type SavedRows, saveRows } from './rows.js';
import type { Suspicions } from './suspicions.js';
import type { TraceState } from './traces.js';

export interface Savers extends RowSavers {
  documents: Documents;
  exchanges: ExchangeSaver;
  calls: CallSaver;
  records: RecordSaver;
  effects: EffectSaver;
  suspicions: Suspicions;
}

export type SavedTopic = 'exchanges' | 'traces';

/** Stores one exchange with everything that was made of it. A second time it changes nothing and names no topic. */
export function saveAssembled(savers: Savers, assembled: Assembled): SavedTopic[] {
  const { call: made, record, witness, effects = [] } = assembled;
  const { exchange } = assembled.decoded;
  if (savers.exchanges.has(exchange.exchange_id)) return [];
  const trace = traceOf(savers, assembled);
  const { id, client } = savers.exchanges.save(assembled, trace?.id ?? null);
  if (trace !== null) savers.traces.addExchange(trace, assembled, client);
  let changed = false;
  const contradicted: number[] = [];
  const answered: SavedRows['answered'] = [];
  const imported = exchange.via === 'intake' || exchange.via === 'import';
  if (made !== null && trace !== null) {
    savers.calls.save(assembled, made, id, trace.id, client);
    savers.traces.addCall(trace, made);
    const parts = new ContentParts(made, (message) => savers.documents.message(message));
    const sent = isSentKey(made.lineage.session_key);
    const failed = made.call.error !== null && made.steps.every(({ type }) => type !== 'error');
    const rows = saveRows(savers, made, trace, { call: id, sent, parts, failed, anyOrder: imported });
    contradicted.push(...rows.contradicted);
    answered.push(...rows.answered);
    changed = true;
  }
  if (record !== undefined && trace !== null) {
    const own = record.trace_id === (made ?? record).trace_id ? trace : savers.traces.open(record);
    const parts = new ContentParts(noMessages, (message) => savers.documents.message(message));
    const rows = saveRows(savers, record, own, {
      call: null,
      sent: false,
      parts,
      failed: false,
      anyOrder: true,
    });
    contradicted.push(...rows.contradicted);
    answered.push(...rows.answered);
    const moved = record.amends === undefined ? 0 : takeBack(savers, record.amends, own);
    const ownChanged = rows.changed || moved > 0 || (own === trace && changed);
    savers.records.save(record, own, exchange.ended_at, savers.traces.revisionAfter(own, ownChanged));
    const counted =
      record.amends === undefined
        ? null
        : savers.calls.amend(record.amends, own.id, record.trace_patch.undated === true);
    if (record.amends !== undefined && counted !== null) savers.traces.addAnswer(own, { call: record.amends }, counted);
    if (own === trace) changed = ownChanged;
    else savers.traces.save(own, ownChanged);
    for (const link of record.links ?? []) savers.traces.link(link);
  }
  if (assembled.answer !== undefined && trace !== null) {
    contradicted.push(...saveAnswer(savers, assembled.answer, trace));
    changed = true;
  }
  if (witness !== undefined && trace !== null) savers.records.saveWitness(witness, trace, id, exchange.started_at);
  // A second report leaves the call as it stands: who judged it judged this.
  if (trace !== null) savers.traces.save(trace, changed);
  savers.effects.settle(contradicted);
  if (effects.length > 0) savers.effects.save(effects, id, exchange.ended_at);
  for (const { row, result } of answered) savers.suspicions.settleResult(row, result);
  return trace === null && effects.length === 0 ? ['exchanges'] : ['exchanges', 'traces'];
}

/** Takes back the steps of what a call told that another one tells now; how many are gone. */
function takeBack(
  savers: Savers,
  { call_id, moved }: NonNullable<AssembledRecord['amends']>,
  trace: TraceState,
): number {
  let dropped = 0;
  for (const message of moved) {
    const said = { document: savers.documents.message(message), parts: message.message.parts.length };
    dropped += savers.steps.move(trace, said, call_id, message.to);
  }
  trace.step_count -= dropped;
  return dropped;
}

/** Completes a call that was stored without its answer. What it had said before it was cut is said whole now. */
function saveAnswer(savers: Savers, made: AssembledCall, trace: TraceState): number[] {
  const { id, ...before } = savers.calls.answer(made, trace.id);
  savers.traces.addAnswer(trace, made, before);
  savers.exchanges.addAnswer(id, made);
  const parts = new ContentParts(made, (message) => savers.documents.message(message));
  const storedRows = savers.steps.textRowsOf(id, trace.id);
  const steps = made.steps.filter((step) => {
    const row = storedRows.get(step.step_id);
    if (row !== undefined) savers.steps.replace(step, row, { parts, undated: made.trace_patch.undated === true });
    return row === undefined;
  });
  const sent = isSentKey(made.lineage.session_key);
  return saveRows(savers, { ...made, steps }, trace, { call: id, sent, parts, failed: false, anyOrder: true })
    .contradicted;
}

/** The trace that the exchange belongs to. */
function traceOf(savers: Savers, { call, record, answer, witness }: Assembled): TraceState | null {
  const rows = call ?? record ?? answer;
  if (rows !== undefined && rows !== null) return savers.traces.open(rows);
  return (witness && savers.traces.byTraceId(witness.trace_id)) ?? null;
}
