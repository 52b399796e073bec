import type { Json, Judgement, Score, ToolOffer, TraceSummary } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidOrNull, uidText } from '../../codec/uid.js';
import { type ScoreRow, scoreColumns, scoreOf } from '../../sqlite/rows/score.js';
import { selectTraces, traceSummary } from '../../sqlite/rows/trace.js';
import { rowsOf } from '../../sqlite/schema.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Statements } from '../../sqlite/statements.js';
import { JudgementReads } from '../judgements.js';

/** What suggestions rest on. */
export interface ReviewFacts {
  trace: TraceSummary;
  /** Newest first. */
  scores: Score[];
  /** The newest judgement by each rubric. */
  judgements: Judgement[];
  /** Tool calls whose results say that they failed although nothing marks them so; the first 200. */
  suspects: { step_id: string | null; name: string; suspicion: number; reason: string | null }[];
  /** The trace that is kept of those that this one is nearly the same as; null where it is not, or is that one. */
  duplicate_of: string | null;
}

export function reviewFacts(sql: Sql, statements: Statements, traceId: string): ReviewFacts | null {
  const uid = uidOrNull(traceId);
  const row = uid && statements.get(selectTraces().where('t.uid', '=', uid));
  if (!row) return null;
  const scores = sql(
    `SELECT ${scoreColumns.join(', ')} FROM scores WHERE trace = ? ORDER BY created_at DESC, uid DESC LIMIT 500`,
  ).all(row.id) as ScoreRow[];
  const { first, last } = rowsOf(row.id);
  const suspects = sql(
    `SELECT k.step, n.value AS name, k.suspicion, k.suspicion_reason FROM tool_calls AS k JOIN terms AS n ON n.id = k.tool
     WHERE k.id BETWEEN ? AND ? AND k.suspicion IS NOT NULL ORDER BY k.id LIMIT 200`,
  ).all(first, last) as { step: Buffer | null; name: string; suspicion: number; suspicion_reason: string | null }[];
  const kept = sql(
    `SELECT k.uid FROM near_members AS m JOIN traces AS k ON k.id = m.kept_trace
     WHERE m.trace = ?1 AND m.level = 'trajectory' AND m.kept_trace <> ?1 LIMIT 1`,
  ).get(row.id) as { uid: Buffer } | undefined;
  return {
    trace: traceSummary(row),
    scores: scores.map(scoreOf),
    judgements: new JudgementReads(sql).newestOf(row.id),
    suspects: suspects.map(({ step, suspicion_reason, ...each }) => ({
      ...each,
      step_id: step && uidText(step),
      reason: suspicion_reason,
    })),
    duplicate_of: kept === undefined ? null : uidText(kept.uid),
  };
}

/** The JSON Schema of a tool as a call offered it; undefined where it did not, or said none. */
export function toolSchema(sql: Sql, callId: string, name: string): Json | undefined {
  const uid = uidOrNull(callId);
  const row =
    uid &&
    (sql('SELECT d.data FROM calls AS c JOIN documents AS d ON d.id = c.tools WHERE c.uid = ?').get(uid) as
      | { data: Packed }
      | undefined);
  if (!row) return undefined;
  return unpackJson<ToolOffer[]>(row.data).find((tool) => tool.name === name)?.parameters;
}
