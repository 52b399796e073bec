import {
  type Json,
  type Page,
  type QaRun,
  type QaRunSummary,
  type QaStatus,
  type QaTask,
  type QaVerdict,
  toIso,
} from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import type { Sql } from '../sqlite/sql.js';
import { before, pageOf } from './newest-first.js';

/** Null: of any. */
export interface QaRunFilter {
  trace_id: string | null;
  state: Exclude<QaStatus, 'none'> | null;
  verdict: QaVerdict | null;
  cursor: string | null;
  limit: number;
}

/** Fields of a run that have columns of their own. */
export type QaRunColumns =
  | 'run_id'
  | 'trace_id'
  | 'job_id'
  | 'state'
  | 'verdict'
  | 'created_at'
  | 'started_at'
  | 'ended_at';
export type QaRunDetails = Omit<QaRun, keyof QaRunSummary>;

interface Row {
  id: number;
  uid: Buffer;
  trace: Buffer | null;
  job: Buffer | null;
  state: QaRun['state'];
  verdict: QaVerdict | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  summary: Packed;
}

/** Of those that a whole trace shows. */
const mostOfTrace = 20;
const columns = `r.id, r.uid, t.uid AS trace, r.job, r.state, r.verdict, r.created_at, r.started_at, r.ended_at, r.summary`;
const from = 'FROM qa_runs AS r LEFT JOIN traces AS t ON t.id = r.trace';

/** Runs of tests. */
export class QaRunReads {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Newest first. */
  list({ trace_id, state, verdict, cursor, limit }: QaRunFilter): Page<QaRunSummary> {
    const wanted: [string, unknown][] = [['r.id < ?', before(cursor)]];
    if (trace_id !== null) {
      const uid = uidOrNull(trace_id);
      if (uid === null) return { items: [], next_cursor: null };
      wanted.push(['r.trace = (SELECT id FROM traces WHERE uid = ?)', uid]);
    }
    if (state !== null) wanted.push(['r.state = ?', state]);
    if (verdict !== null) wanted.push(['r.verdict = ?', verdict]);
    const where = wanted.map(([condition]) => condition).join(' AND ');
    const rows = this.#sql(`SELECT ${columns} ${from} WHERE ${where} ORDER BY r.id DESC LIMIT ?`).all(
      ...wanted.map(([, value]) => value),
      limit + 1,
    ) as Row[];
    return pageOf(rows, limit, summaryOf);
  }

  get(runId: string): QaRun | null {
    const uid = uidOrNull(runId);
    const row =
      uid &&
      (this.#sql(`SELECT ${columns}, r.data ${from} WHERE r.uid = ?`).get(uid) as (Row & { data: Packed }) | undefined);
    if (!row) return null;
    // Runs of earlier versions have no task.
    const { task = null, ...details } = unpackJson<Omit<QaRunDetails, 'task'> & { task?: QaTask | null }>(row.data);
    return { ...summaryOf(row), ...details, task };
  }

  /** Of a trace's runs, the newest that made a task. */
  task(traceId: string): { run_id: string; task: QaTask } | null {
    const uid = uidOrNull(traceId);
    if (uid === null) return null;
    const rows = this.#sql(
      `SELECT r.uid, r.data FROM qa_runs AS r
       WHERE r.trace = (SELECT id FROM traces WHERE uid = ?) AND r.state = 'done' ORDER BY r.id DESC LIMIT ${mostOfTrace}`,
    ).all(uid) as Pick<Row & { data: Packed }, 'uid' | 'data'>[];
    for (const row of rows) {
      const { task } = unpackJson<Partial<QaRunDetails>>(row.data);
      if (task) return { run_id: uidText(row.uid), task };
    }
    return null;
  }

  /** Without its tests and the rest of it. */
  head(runId: string): QaRunSummary | null {
    const uid = uidOrNull(runId);
    const row = uid && (this.#sql(`SELECT ${columns} ${from} WHERE r.uid = ?`).get(uid) as Row | undefined);
    return row ? summaryOf(row) : null;
  }

  /** A few of those that went with their traces, until `forgetGone`. */
  gone(): { run_id: string; job_id: string | null }[] {
    const rows = this.#sql('SELECT uid, job FROM gone_qa_runs LIMIT 1000').all() as Pick<Row, 'uid' | 'job'>[];
    return rows.map(({ uid, job }) => ({ run_id: uidText(uid), job_id: job && uidText(job) }));
  }

  /** What a run that was cut off goes on from. */
  kept(runId: string): Json | null {
    const uid = uidOrNull(runId);
    const row =
      uid &&
      (this.#sql('SELECT attempts FROM qa_runs WHERE uid = ?').get(uid) as { attempts: Packed | null } | undefined);
    return row && row.attempts !== null ? unpackJson(row.attempts) : null;
  }

  /** The newest of a trace by its row. */
  ofTrace(trace: number): QaRunSummary[] {
    const rows = this.#sql(`SELECT ${columns} ${from} WHERE r.trace = ? ORDER BY r.id DESC LIMIT ${mostOfTrace}`);
    return (rows.all(trace) as Row[]).map(summaryOf);
  }
}

function summaryOf(row: Row): QaRunSummary {
  return {
    run_id: uidText(row.uid),
    trace_id: row.trace && uidText(row.trace),
    job_id: row.job && uidText(row.job),
    state: row.state,
    created_at: toIso(row.created_at),
    started_at: row.started_at === null ? null : toIso(row.started_at),
    ended_at: row.ended_at === null ? null : toIso(row.ended_at),
    verdict: row.verdict,
    ...unpackJson<Omit<QaRunSummary, QaRunColumns>>(row.summary),
  };
}
