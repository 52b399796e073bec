import { quotedWord } from '../../../shared/command-line.js';
import { SluiceError } from '../../../shared/errors.js';
import {
  fromIso,
  type Json,
  type NewStep,
  ownTests,
  type QaRun,
  type QaRunSummary,
  toIso,
} from '../../../shared/model/index.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { type Packed, packJson, unpackJson } from '../codec/pack.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import type { QaRunColumns, QaRunDetails } from '../read/qa-runs.js';
import { type RowSavers, saveRows } from '../save/rows.js';
import type { TraceState } from '../save/traces.js';
import type { Sql } from '../sqlite/sql.js';
import { ContentParts, noMessages } from '../text/content-parts.js';
import type { ScoreCommands } from './scores.js';

type Newest = { id: number; state: QaRun['state']; verdict: QaRun['verdict'] };
type Summary = Omit<QaRunSummary, QaRunColumns>;
type Row = { id: number; trace: number | null; state: QaRun['state'] };

const lost = 'The engine ended while it was under way.';
/** Of steps that hold no message. */
const noParts = new ContentParts(noMessages, () => {
  throw new Error('A result of tests is in no message.');
});

/** Keeps runs of tests, and what they come to in their traces: status, `qa_results`, a step and a score. */
export class QaRunCommands {
  readonly #sql: Sql;
  readonly #savers: RowSavers;
  readonly #scores: ScoreCommands;

  constructor(sql: Sql, savers: RowSavers, scores: ScoreCommands) {
    this.#sql = sql;
    this.#savers = savers;
    this.#scores = scores;
  }

  /** A run that waits for its turn; one that was begun stays as it is. @throws SluiceError `not_found` where its trace is gone */
  begin(run: QaRun): void {
    const trace = run.trace_id === null ? null : this.#traceRow(run.trace_id);
    if (this.#row(run.run_id) !== undefined) return;
    this.#following(trace, () => this.#insert(run, trace));
  }

  /**
   * What a run came to, or how it is made: in the place of what stands.
   * @throws SluiceError `not_found` where it is gone, with its trace or without
   */
  save(run: QaRun): void {
    const { trace, state } = this.#there(run.run_id);
    this.#following(trace, () => this.#write(run));
    if (trace !== null && run.state === 'done') this.#tell(run, trace, state === 'done');
  }

  /** What it goes on from. @throws SluiceError `not_found` where it is gone */
  keep(runId: string, kept: Json): void {
    this.#there(runId);
    this.#sql('UPDATE qa_runs SET attempts = ? WHERE uid = ?').run(packJson(kept), uidBytes(runId));
  }

  /** It has failed; whatever else stands of it stays as it stands. @throws SluiceError `not_found` where it is gone */
  fail(runId: string, reason: string, now: number): void {
    const { id, trace } = this.#there(runId);
    this.#following(trace, () => this.#fail(id, reason, now));
  }

  /** What runs of deleted traces wrote is nowhere any more. */
  forgetGone(runIds: readonly string[]): void {
    for (const runId of runIds) this.#sql('DELETE FROM gone_qa_runs WHERE uid = ?').run(uidBytes(runId));
  }

  /** Runs that no job of these goes on with have failed; how many that were. */
  endLost(liveJobs: readonly string[], now: number): number {
    const rows = this.#sql(
      `SELECT id, trace FROM qa_runs WHERE state IN ('pending', 'running')
         AND (job IS NULL OR hex(job) NOT IN (SELECT upper(replace(value, '-', '')) FROM json_each(?)))`,
    ).all(JSON.stringify(liveJobs)) as Pick<Row, 'id' | 'trace'>[];
    for (const { id, trace } of rows) this.#following(trace, () => this.#fail(id, lost, now));
    return rows.length;
  }

  #row(runId: string): Row | undefined {
    return this.#sql('SELECT id, trace, state FROM qa_runs WHERE uid = ?').get(uidBytes(runId)) as Row | undefined;
  }

  #there(runId: string): Row {
    const row = this.#row(runId);
    if (row === undefined) throw new SluiceError('not_found', 'There is no such run.');
    return row;
  }

  #insert(run: QaRun, trace: number | null): void {
    const { run_id, job_id, state, created_at } = run;
    const { summary, data } = packedOf(run);
    this.#sql(
      'INSERT INTO qa_runs (uid, trace, job, state, created_at, summary, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(uidBytes(run_id), trace, job_id && uidBytes(job_id), state, fromIso(created_at), summary, data);
  }

  /** What is over goes on from nothing. */
  #write(run: QaRun): void {
    const { run_id, job_id, state, verdict, started_at, ended_at } = run;
    const { summary, data } = packedOf(run);
    this.#sql(
      `UPDATE qa_runs SET job = ?, state = ?, verdict = ?, started_at = ?, ended_at = ?, summary = ?, data = ?,
         attempts = iif(?, NULL, attempts) WHERE uid = ?`,
    ).run(
      job_id && uidBytes(job_id),
      state,
      verdict,
      started_at === null ? null : fromIso(started_at),
      ended_at === null ? null : fromIso(ended_at),
      summary,
      data,
      state === 'done' || state === 'failed' ? 1 : 0,
      uidBytes(run_id),
    );
  }

  #fail(id: number, reason: string, now: number): void {
    const { summary } = this.#sql('SELECT summary FROM qa_runs WHERE id = ?').get(id) as { summary: Packed };
    this.#sql(`UPDATE qa_runs SET state = 'failed', ended_at = ?, summary = ?, attempts = NULL WHERE id = ?`).run(
      now,
      packJson({ ...unpackJson<Summary>(summary), reason }),
      id,
    );
  }

  /** Changes runs of a trace, whose status and verdict follow its newest one. */
  #following(trace: number | null, change: () => void): void {
    const before = trace === null ? undefined : this.#newest(trace);
    change();
    const after = trace === null ? undefined : this.#newest(trace);
    if (trace === null || after === undefined) return;
    if (before?.state === after.state && before.verdict === after.verdict) return;
    const { traces } = this.#savers;
    const state = traces.byId(trace) as TraceState;
    const sent = traces.qaStatus(trace) === 'sent' ? 'done' : undefined;
    for (const [field, was, is] of [
      ['qa', before?.state ?? sent, after.state],
      ['verdict', before?.verdict, after.verdict],
    ] as const) {
      if (was === is) continue;
      if (was) traces.dropTerm(state, field, was);
      if (is) traces.addTerm(state, field, is);
    }
    traces.save(state, false);
    this.#sql('UPDATE traces SET qa_status = ? WHERE id = ?').run(after.state, trace);
  }

  /** What a run came to, in its trace. `told`: it stands there already. */
  #tell(run: QaRun, trace: number, told: boolean): void {
    const { traces } = this.#savers;
    const at = fromIso(run.ended_at ?? run.started_at ?? run.created_at);
    const state = traces.byId(trace) as TraceState;
    const newest = this.#sql(`SELECT max(id) AS id FROM qa_runs WHERE trace = ? AND state = 'done'`).get(trace);
    const own = this.#sql('SELECT id FROM qa_runs WHERE uid = ?').get(uidBytes(run.run_id));
    // One that began later has the word.
    const last = (newest as { id: number }).id === (own as { id: number }).id;
    const changed = last && traces.addResults(state, resultsOf(run));
    if (!told) saveRows(this.#savers, rowsOf(run, state, at), state, ofNoCall);
    if (changed || !told) traces.save(state);
    if (last) this.#score(run, trace, at, state.revision);
  }

  /** One for the trace: that of its newest run, none where that one says nothing of the tests. */
  #score(run: QaRun, trace: number, at: number, trace_revision: number): void {
    this.#sql(`DELETE FROM scores WHERE trace = ? AND kind = 'qa' AND rubric_id = ?`).run(trace, ownTests.rubric);
    if (run.tests_passed === null) return;
    this.#scores.add(run.trace_id as string, {
      score_id: nulJoinedId(at, 'qa', run.run_id),
      kind: 'qa',
      name: 'tests',
      value: run.tests_passed ? 1 : 0,
      ...(run.reason === null ? {} : { explanation: run.reason }),
      created_at: toIso(at),
      rubric_id: ownTests.rubric,
      trace_revision,
    });
  }

  #newest(trace: number): Newest | undefined {
    return this.#sql('SELECT id, state, verdict FROM qa_runs WHERE trace = ? ORDER BY id DESC LIMIT 1').get(trace) as
      | Newest
      | undefined;
  }

  #traceRow(traceId: string): number {
    const uid = uidOrNull(traceId);
    const row = uid && (this.#sql('SELECT id FROM traces WHERE uid = ?').get(uid) as { id: number } | undefined);
    if (!row) throw new SluiceError('not_found', 'There is no such trace.');
    return row.id;
  }
}

function packedOf(run: QaRun): { summary: Packed; data: Packed } {
  const { run_id: _, trace_id: __, job_id: ___, state, verdict, created_at, started_at, ended_at, ...rest } = run;
  const { tests, settings, output_snippet, attempts, restored, edits, by_hand, task, ...summary } = rest;
  const details: QaRunDetails = { tests, settings, output_snippet, attempts, restored, edits, by_hand, task };
  return { summary: packJson(summary satisfies Summary), data: packJson(details) };
}

const ofNoCall = { call: null, sent: false, parts: noParts, failed: false, anyOrder: true };

function resultsOf(run: QaRun) {
  const { tests_passed, test_exit_code, output_snippet, verdict, run_id } = run;
  const { framework, tier, reason, tests_edited, restored_verdict } = run;
  const results = { tests_passed, test_exit_code, test_output_snippet: output_snippet, verdict, run_id };
  return { ...results, framework, tier, reason, tests_edited, restored_verdict };
}

/** The step that tells the result. The trace ended before: what is run of it afterwards does not make it longer. */
function rowsOf(run: QaRun, state: TraceState, at: number): Parameters<typeof saveRows>[1] {
  const command = run.settings?.test_command.map(quotedWord).join(' ');
  const step: NewStep = {
    step_id: nulJoinedId(at, 'qa step', run.run_id),
    type: 'test_result',
    at,
    name: command ?? 'tests',
    status: run.tests_passed === null ? 'unknown' : run.tests_passed ? 'passed' : 'failed',
    ...(run.output_snippet === null ? {} : { output: run.output_snippet }),
    data: {
      source: ownTests.source,
      run_id: run.run_id,
      verdict: run.verdict,
      reason: run.reason,
      exit_code: run.test_exit_code,
      ...(command === undefined ? {} : { test_command: command }),
    },
  };
  return {
    trace_id: run.trace_id as string,
    new_trace: null,
    steps: [step],
    new_tool_calls: [],
    tool_results: [],
    new_decisions: [],
    trace_patch: { ended_at: state.ended_at },
  };
}
