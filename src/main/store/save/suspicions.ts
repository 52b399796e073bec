import { sql as sqlText } from 'kysely';
import { SluiceError } from '../../../shared/errors.js';
import type { ChatMessage, Json, ToolCallVerdict } from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { resultOf, type StoredResult } from '../sqlite/rows/tool-call.js';
import { rowsOf, traceOfRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { ToolCallSaver } from './tool-calls.js';
import type { TraceSaver } from './traces.js';

/** How the room before the store tells from a result's text that its tool failed. */
export interface Suspecting {
  /** Grows with the rules: what is stored is looked through again. */
  version: number;
  of(tool: string, args: Json, result: Json): { score: number; reason: string } | null;
  /** Whether a result that nobody marked says by its shape that the tool failed. */
  failed(tool: string, result: Json): boolean;
}

interface Dependencies {
  traces: TraceSaver;
  toolCalls: ToolCallSaver;
}

interface Asked {
  status: string;
  metadata: string;
  suspicion: number | null;
  decision: number | null;
  name: string;
  arguments: Packed;
}
type Row = Asked & StoredResult;

/** Keeps beside each tool call whether its result says that it failed, and what a person decided of that. */
export class Suspicions {
  readonly #parts: Dependencies;
  readonly #suspecting: Suspecting | null;
  readonly #find: Prepared<{ id: number }, Row>;
  readonly #asked: Prepared<{ id: number }, Asked>;
  readonly #set: Prepared<{ id: number; suspicion: number | null; reason: string | null }, unknown>;
  readonly #open: Prepared<{ first: number; last: number }, { id: number }>;
  readonly #judge: Prepared<{ id: number; status: string; metadata: string }, unknown>;

  constructor(statements: Statements, parts: Dependencies, suspecting: Suspecting | null) {
    this.#parts = parts;
    this.#suspecting = suspecting;
    this.#find = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('tool_calls as t')
        .innerJoin('terms as n', 'n.id', 't.tool')
        .leftJoin('documents as kd', 'kd.id', 't.result_document')
        .select(['t.status', 't.metadata', 't.suspicion', 't.decision', 't.arguments', 't.result', 't.result_part'])
        .select(['n.value as name', 'kd.data as result_message'])
        .where('t.id', '=', p('id')),
    );
    this.#asked = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('tool_calls as t')
        .innerJoin('terms as n', 'n.id', 't.tool')
        .select(['t.status', 't.metadata', 't.suspicion', 't.decision', 't.arguments', 'n.value as name'])
        .where('t.id', '=', p('id')),
    );
    this.#set = statements.prepare<{ id: number; suspicion: number | null; reason: string | null }>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({ suspicion: p('suspicion'), suspicion_reason: p('reason') })
        .where('id', '=', p('id')),
    );
    this.#open = statements.prepare<{ first: number; last: number }>()((sql, p) =>
      sql
        .selectFrom('tool_calls')
        .select('id')
        .where('id', '>=', p('first'))
        .where('id', '<=', p('last'))
        .where('suspicion', 'is not', null)
        .limit(1),
    );
    this.#judge = statements.prepare<{ id: number; status: string; metadata: string }>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({ status: p('status'), metadata: sqlText<string>`json(${p('metadata')})` })
        .where('id', '=', p('id')),
    );
  }

  /** Looks at the result of a tool call anew. */
  settle(id: number): void {
    const row = this.#find.get({ id });
    if (row !== undefined) this.#take(id, row, () => resultOf(row));
  }
  /** Looks at what has just been stored as the result of a tool call: it need not be read back. */
  settleResult(id: number, result: Json): void {
    const row = this.#asked.get({ id });
    if (row !== undefined) this.#take(id, row, () => result);
  }

  #take(id: number, row: Asked, result: () => Json | null): void {
    const found = this.#of(row, result);
    const score = found?.score ?? null;
    if (score === row.suspicion) return;
    this.#set.run({ id, suspicion: score, reason: found?.reason ?? null });
    this.#mark(id, score !== null);
  }

  /**
   * The status of a result that an older version took for `ok` although its shape says that the tool failed. What a person said
   * of it holds, and what its sender marked expressly.
   */
  reread(id: number): void {
    const row = this.#find.get({ id });
    if (row === undefined || this.#suspecting === null || row.status !== 'ok' || judgedOf(row) !== null) return;
    const result = resultOf(row);
    if (result === null || isMarked(row) || !this.#suspecting.failed(row.name, result)) return;
    const metadata = { ...(JSON.parse(row.metadata) as { [key: string]: Json }), claimed_status: 'ok' };
    this.#judge.run({ id, status: 'error', metadata: JSON.stringify(metadata) });
    const trace = this.#parts.traces.byId(traceOfRow(id));
    if (trace !== undefined) {
      this.#parts.traces.addErrors(trace, 1);
      this.#parts.traces.save(trace);
    }
    if (row.decision !== null) this.#parts.toolCalls.setOutcome(row.decision);
  }

  #of(row: Asked, resultOfIt: () => Json | null): { score: number; reason: string } | null {
    if (row.status !== 'ok' || this.#suspecting === null || judgedOf(row) !== null) return null;
    const result = resultOfIt();
    return result === null ? null : this.#suspecting.of(row.name, unpackJson(row.arguments), result);
  }

  /** The trace is found by what is suspected in it. */
  #mark(id: number, suspected: boolean): void {
    const { traces } = this.#parts;
    const trace = traces.byId(traceOfRow(id));
    if (trace === undefined) return;
    if (suspected) traces.addTerm(trace, 'flag', 'suspect');
    else if (this.#open.get(rowsOf(trace.id)) === undefined) traces.dropTerm(trace, 'flag', 'suspect');
    traces.save(trace);
  }

  /**
   * What a person says of it: it failed, it did not, or (null) nothing any more. From then on that is its status.
   * @throws SluiceError `validation_failed` where it has no result yet
   */
  judge(id: number, verdict: ToolCallVerdict | null): ToolCallVerdict | null {
    const row = this.#find.get({ id });
    if (row === undefined) throw new SluiceError('not_found', 'There is no such tool call.');
    if (row.status === 'pending')
      throw new SluiceError('validation_failed', 'The tool call has no result yet that could be judged.');
    const before = judgedOf(row);
    const { judged: _, ...metadata } = JSON.parse(row.metadata) as { [key: string]: Json };
    // What its result claimed, as the wire keeps it too.
    const claimed = before === null ? row.status : (metadata['status_before'] ?? row.status);
    delete metadata['status_before'];
    if (verdict !== null) Object.assign(metadata, { judged: verdict, status_before: claimed });
    const status = verdict ?? (claimed as string);
    this.#judge.run({ id, status, metadata: JSON.stringify(metadata) });
    const trace = this.#parts.traces.byId(traceOfRow(id));
    if (trace !== undefined && status !== row.status) {
      this.#parts.traces.addErrors(trace, status === 'error' ? 1 : -1);
      this.#parts.traces.save(trace);
    }
    if (row.decision !== null) this.#parts.toolCalls.setOutcome(row.decision);
    this.settle(id);
    return before;
  }
}

/** Whether the message that brought the result says expressly how the tool ended. */
function isMarked({ result_message, result_part }: Row): boolean {
  if (result_message === null || result_part === null) return false;
  const part = unpackJson<ChatMessage>(result_message).parts[result_part];
  return part !== undefined && 'is_error' in part && part.is_error !== undefined;
}

/** What a person said of a tool call. */
export function judgedOf({ metadata }: { metadata: string }): ToolCallVerdict | null {
  const { judged } = JSON.parse(metadata) as { [key: string]: Json };
  return judged === 'ok' || judged === 'error' ? judged : null;
}
