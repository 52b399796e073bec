import { sql } from 'kysely';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { uidOrNull } from '../codec/uid.js';
import type { StoredQuality } from '../read/quality.js';
import { scoreRow, scoreValues } from '../sqlite/rows/score.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { ReviewTerms } from './review/terms.js';

/** What scores of our own rules say that they were judged by. */
export const qualityRubric = 'sluice-quality';

export type NewQuality = StoredQuality<object>;

type Row = { id: number; started_at: number };

/** Keeps the scores of the rules: those of a trace take the place of the ones before. */
export class QualityCommands {
  readonly #reviewTerms: ReviewTerms;
  readonly #find: Prepared<{ uid: Buffer }, Row>;
  readonly #forget: Prepared<{ trace: number }, unknown>;
  readonly #insert: Prepared<Schema['scores'], unknown>;
  readonly #save: Prepared<Schema['quality'], unknown>;

  constructor(statements: Statements, reviewTerms: ReviewTerms) {
    this.#reviewTerms = reviewTerms;
    this.#find = statements.prepare<{ uid: Buffer }>()((query, p) =>
      query.selectFrom('traces').select(['id', 'started_at']).where('uid', '=', p('uid')),
    );
    this.#forget = statements.prepare<{ trace: number }>()((query, p) =>
      query.deleteFrom('scores').where('trace', '=', p('trace')).where('rubric_id', '=', qualityRubric),
    );
    this.#insert = statements.prepare<Schema['scores']>()((query, p) =>
      query.insertInto('scores').values(scoreValues(p)),
    );
    this.#save = statements.prepare<Schema['quality']>()((query, p) =>
      query
        .insertInto('quality')
        .values({
          trace: p('trace'),
          revision: p('revision'),
          reviewed_at: p('reviewed_at'),
          judged_at: p('judged_at'),
          version: p('version'),
          computed_at: p('computed_at'),
          scores: p('scores'),
          measures: p('measures'),
          domain: p('domain'),
        })
        .onConflict((conflict) =>
          conflict
            .column('trace')
            .doUpdateSet(
              Object.fromEntries(
                ['revision', 'reviewed_at', 'judged_at', 'version', 'computed_at', 'scores', 'measures', 'domain'].map(
                  (column) => [column, sql.ref(`excluded.${column}`)],
                ),
              ) as never,
            ),
        ),
    );
  }

  /** A trace that was deleted meanwhile is left out. Its revision stays: nothing of it is other than before. */
  save(scored: readonly NewQuality[], now: number): void {
    for (const { trace_id, revision, reviewed_at, judged_at, version, scores, measures, domain } of scored) {
      const uid = uidOrNull(trace_id);
      const trace = uid && this.#find.get({ uid });
      if (!trace) continue;
      this.#forget.run({ trace: trace.id });
      for (const { name, value, evidence } of scores) {
        if (value === null) continue;
        const score = {
          score_id: nulJoinedId(trace.started_at, 'quality', trace_id, name),
          kind: 'rule' as const,
          name,
          value,
          ...(evidence === null ? {} : { explanation: evidence }),
          rubric_id: qualityRubric,
          rubric_version: String(version),
          trace_revision: revision,
        };
        this.#insert.run(scoreRow(trace.id, score, now));
      }
      this.#save.run({
        trace: trace.id,
        revision,
        reviewed_at,
        judged_at,
        version,
        computed_at: now,
        scores: JSON.stringify(scores),
        measures: JSON.stringify(measures),
        domain: domain === null ? null : JSON.stringify(domain),
      });
      this.#reviewTerms.scored(trace.id);
    }
  }
}
