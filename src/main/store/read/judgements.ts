import {
  type Judgement,
  type JudgementSent,
  type Page,
  type PairJudgement,
  type PairSent,
  type ProbeResult,
  toIso,
} from '../../../shared/model/index.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import type { Sql } from '../sqlite/sql.js';
import { before, pageOf } from './newest-first.js';
import { type Judgements, judgements } from './review/judgements.js';

/** The newest judgement of each trace by each rubric, version and judge, and what people said of the same traces. */
export interface JudgedRows {
  rows: {
    /** As `labels` and `ratings` name the trace. */
    unit: string;
    rubric: string;
    version: string;
    profile: string;
    model: string;
    share: number | null;
    verdict: 'accepted' | 'rejected' | null;
    tool_calls: number;
    errors: number;
  }[];
  labels: Judgements['rows'];
  ratings: Judgements['rows'];
  cut: boolean;
}

/** Judgements that trust looks at. */
const most = 20_000;
const mostProbes = 200;

interface Row {
  id: number;
  uid: Buffer;
  trace: Buffer;
  created_at: number;
  data: Packed;
}

const selected = `SELECT j.id, j.uid, t.uid AS trace, j.created_at, j.data FROM judgements AS j JOIN traces AS t ON t.id = j.trace`;

interface PairRow {
  id: number;
  uid: Buffer;
  a: Buffer;
  b: Buffer;
  created_at: number;
  data: Packed;
}

const selectedPairs = `SELECT p.id, p.uid, a.uid AS a, b.uid AS b, p.created_at, p.data FROM pair_judgements AS p
  JOIN traces AS a ON a.id = p.a JOIN traces AS b ON b.id = p.b`;

/** What judges said. */
export class JudgementReads {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Newest first; null: of all rubrics. */
  list(rubric: string | null, cursor: string | null, limit: number): Page<Judgement> {
    const rows = this.#sql(
      `${selected} WHERE (?1 IS NULL OR j.rubric = ?1) AND j.id < ?2 ORDER BY j.id DESC LIMIT ?3`,
    ).all(rubric, before(cursor), limit + 1) as Row[];
    return pageOf(rows, limit, judgementOf);
  }

  ofTrace(traceId: string, cursor: string | null, limit: number): Page<Judgement> {
    const uid = uidOrNull(traceId);
    if (uid === null) return { items: [], next_cursor: null };
    const rows = this.#sql(
      `${selected} WHERE j.trace = (SELECT id FROM traces WHERE uid = ?1) AND j.id < ?2 ORDER BY j.id DESC LIMIT ?3`,
    ).all(uid, before(cursor), limit + 1) as Row[];
    return pageOf(rows, limit, judgementOf);
  }

  /** By each rubric, of a trace by its row. */
  newestOf(trace: number): Judgement[] {
    const rows = this.#sql(
      `${selected} WHERE j.id IN (SELECT max(id) FROM judgements WHERE trace = ? GROUP BY rubric)`,
    ).all(trace) as Row[];
    return rows.map(judgementOf);
  }

  get(judgementId: string): Judgement | null {
    const uid = uidOrNull(judgementId);
    const row = uid && (this.#sql(`${selected} WHERE j.uid = ?`).get(uid) as Row | undefined);
    return row ? judgementOf(row) : null;
  }

  sent(judgementId: string): JudgementSent | null {
    const uid = uidOrNull(judgementId);
    const row =
      uid && (this.#sql('SELECT sent FROM judgements WHERE uid = ?').get(uid) as { sent: Packed } | undefined);
    return row ? { judgement_id: judgementId, sent: unpackJson(row.sent) } : null;
  }

  /** Newest first. @param trace only those that it is one of; null: all */
  pairs(traceId: string | null, rubric: string | null, cursor: string | null, limit: number): Page<PairJudgement> {
    const uid = traceId === null ? null : uidOrNull(traceId);
    if (traceId !== null && uid === null) return { items: [], next_cursor: null };
    const rows = this.#sql(
      uid === null
        ? `${selectedPairs} WHERE (?1 IS NULL OR p.rubric = ?1) AND p.id < ?2 ORDER BY p.id DESC LIMIT ?3`
        : `${selectedPairs} WHERE p.id IN (
             SELECT id FROM pair_judgements WHERE a = (SELECT id FROM traces WHERE uid = ?4)
             UNION SELECT id FROM pair_judgements WHERE b = (SELECT id FROM traces WHERE uid = ?4)
           ) AND (?1 IS NULL OR p.rubric = ?1) AND p.id < ?2 ORDER BY p.id DESC LIMIT ?3`,
    ).all(rubric, before(cursor), limit + 1, ...(uid === null ? [] : [uid])) as PairRow[];
    return pageOf(rows, limit, pairOf);
  }

  pair(pairId: string): PairJudgement | null {
    const uid = uidOrNull(pairId);
    const row = uid && (this.#sql(`${selectedPairs} WHERE p.uid = ?`).get(uid) as PairRow | undefined);
    return row ? pairOf(row) : null;
  }

  pairSent(pairId: string): PairSent | null {
    const uid = uidOrNull(pairId);
    const row =
      uid && (this.#sql('SELECT sent FROM pair_judgements WHERE uid = ?').get(uid) as { sent: Packed } | undefined);
    return row ? { pair_id: pairId, sent: unpackJson(row.sent) } : null;
  }

  /** What trust is worked out of. */
  judged(rubric: string | null): JudgedRows {
    const newest = this.#sql(
      `SELECT j.trace, j.rubric, j.version, j.profile, j.model, j.share, j.verdict, max(j.id) AS id,
              t.tool_call_count AS tool_calls, t.error_count AS errors
       FROM judgements AS j JOIN traces AS t ON t.id = j.trace WHERE (?1 IS NULL OR j.rubric = ?1)
       GROUP BY j.rubric, j.version, j.profile, j.trace ORDER BY id DESC LIMIT ?2`,
    ).all(rubric, most + 1) as (JudgedRows['rows'][number] & { trace: number })[];
    const labels = judgements(this.#sql, null, 'label', null);
    const ratings = judgements(this.#sql, null, 'rating', null);
    return {
      rows: newest.slice(0, most).map(({ trace, ...row }) => ({ ...row, unit: String(trace) })),
      labels: labels.rows,
      ratings: ratings.rows,
      cut: newest.length > most || labels.cut || ratings.cut,
    };
  }

  /** The newest of each kind, rubric, version and judge. */
  probes(rubric: string | null): ProbeResult[] {
    const rows = this.#sql(
      `SELECT result, max(id) AS id FROM judge_probes WHERE (?1 IS NULL OR rubric = ?1)
       GROUP BY kind, rubric, version, profile ORDER BY id DESC LIMIT ${mostProbes}`,
    ).all(rubric) as { result: Packed }[];
    return rows.map(({ result }) => unpackJson<ProbeResult>(result));
  }
}

function judgementOf({ uid, trace, created_at, data }: Row): Judgement {
  return {
    judgement_id: uidText(uid),
    trace_id: uidText(trace),
    ...unpackJson<Omit<Judgement, 'judgement_id' | 'trace_id' | 'created_at'>>(data),
    created_at: toIso(created_at),
  };
}

function pairOf({ uid, a, b, created_at, data }: PairRow): PairJudgement {
  return {
    pair_id: uidText(uid),
    a: uidText(a),
    b: uidText(b),
    ...unpackJson<Omit<PairJudgement, 'pair_id' | 'a' | 'b' | 'created_at'>>(data),
    created_at: toIso(created_at),
  };
}
