import { createHash } from 'node:crypto';
import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import {
  type Judgement,
  type JudgementSent,
  mainRubric,
  type PairJudgement,
  type PairSent,
  type ProbeResult,
  type QaResults,
  toIso,
} from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import { mergedResults, resultsIn } from '../save/qa-results.js';
import type { Sql } from '../sqlite/sql.js';
import type { ScoreCommands } from './scores.js';

interface TraceRow {
  id: number;
  qa_results: string | null;
}

export type NewJudgement = Omit<Judgement, 'judgement_id' | 'created_at'>;
export type NewPair = Omit<PairJudgement, 'pair_id' | 'created_at'>;

/** Keeps what judges said: the judgement, its score, and of the main rubric the trace's `qa_results`. */
export class JudgementCommands {
  readonly #sql: Sql;
  readonly #scores: ScoreCommands;

  constructor(sql: Sql, scores: ScoreCommands) {
    this.#sql = sql;
    this.#scores = scores;
  }

  /** @throws SluiceError `not_found` where the trace is gone */
  save(made: NewJudgement, sent: JudgementSent['sent'], now: number): Judgement {
    const trace = this.#traceRow(made.trace_id);
    const { trace_id: _, ...data } = made;
    const judgement_id = uuidv7();
    const { min, max } = made.scale;
    const share = made.score === null ? null : (made.score - min) / (max - min);
    this.#sql(
      `INSERT INTO judgements (uid, trace, rubric, version, profile, model, created_at, share, verdict, data, sent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      uidBytes(judgement_id),
      trace.id,
      made.rubric,
      made.version,
      made.profile,
      made.model,
      now,
      share,
      made.verdict,
      packJson(data),
      packJson(sent),
    );
    this.#score(trace.id, made, now);
    if (made.rubric === mainRubric) this.#results(trace, made);
    return { judgement_id, ...made, created_at: toIso(now) };
  }

  /** Why a judge said nothing of a trace's reasoning, where no score of it stands. @throws SluiceError `not_found` */
  unjudged(traceId: string, reason: string): void {
    const trace = this.#traceRow(traceId);
    const scored = typeof resultsIn(trace.qa_results).reasoning_score === 'number';
    if (!scored) this.#say(trace, { reasoning_score: null, reasoning_feedback: reason });
  }

  /** @throws SluiceError `not_found` where a trace is gone */
  savePair(made: NewPair, sent: PairSent['sent'], now: number): PairJudgement {
    const { a, b, ...data } = made;
    const pair_id = uuidv7();
    this.#sql(
      `INSERT INTO pair_judgements (uid, a, b, rubric, profile, model, created_at, data, sent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      uidBytes(pair_id),
      this.#traceRow(a).id,
      this.#traceRow(b).id,
      made.rubric,
      made.profile,
      made.model,
      now,
      packJson(data),
      packJson(sent),
    );
    return { pair_id, ...made, created_at: toIso(now) };
  }

  saveProbe({ kind, profile, rubric, version, ...rest }: ProbeResult, now: number): void {
    this.#sql('INSERT INTO judge_probes (kind, profile, rubric, version, at, result) VALUES (?, ?, ?, ?, ?, ?)').run(
      kind,
      profile,
      rubric,
      version,
      now,
      packJson({ kind, profile, rubric, version, ...rest }),
    );
  }

  /** What was answered from the cache and stands there already is no second score. */
  #score(trace: number, made: NewJudgement, now: number): void {
    if (made.score === null) return;
    const name = made.rubric === mainRubric ? 'judge' : made.rubric;
    const prompt_hash = promptHash(made);
    const stands = this.#sql(
      `SELECT 1 FROM scores WHERE trace = ? AND kind = 'judge' AND name = ? AND prompt_hash = ? AND value = ?
       AND judge_model = ? LIMIT 1`,
    ).get(trace, name, prompt_hash, made.score, made.model);
    if (made.cached && stands !== undefined) return;
    this.#scores.add(made.trace_id, {
      score_id: uuidv7(),
      kind: 'judge',
      name,
      value: made.score,
      explanation: made.feedback,
      created_at: toIso(now),
      rubric_id: made.rubric,
      rubric_version: made.version,
      judge_model: made.model,
      prompt_hash,
      ...(made.cost_usd === null ? {} : { cost_usd: made.cost_usd }),
      ...(made.trace_revision === null ? {} : { trace_revision: made.trace_revision }),
      ...(made.confidence === null ? {} : { confidence: made.confidence }),
    });
  }

  #results(trace: TraceRow, made: NewJudgement): void {
    this.#say(trace, {
      reasoning_score: made.score,
      reasoning_feedback: made.score === null ? made.unscored_reason : made.feedback,
    });
  }

  /** What tests came to stays as it is. */
  #say(trace: TraceRow, said: QaResults): void {
    this.#sql('UPDATE traces SET qa_results = ? WHERE id = ?').run(mergedResults(trace.qa_results, said), trace.id);
  }

  #traceRow(traceId: string): TraceRow {
    const uid = uidOrNull(traceId);
    const row = uid && this.#sql('SELECT id, qa_results FROM traces WHERE uid = ?').get(uid);
    if (!row) throw new SluiceError('not_found', 'There is no such trace.');
    return row as TraceRow;
  }
}

/** Of the one prompt, or of all of a panel in their order. */
function promptHash({ votes }: NewJudgement): string {
  const hashes = [...new Set(votes.map(({ prompt_hash }) => prompt_hash).filter((each) => each !== ''))];
  const [only] = hashes;
  return hashes.length === 1 && only !== undefined ? only : createHash('sha256').update(hashes.join(' ')).digest('hex');
}
