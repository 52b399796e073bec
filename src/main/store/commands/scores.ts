import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { fromIso, scoreSchema } from '../../../shared/model/index.js';
import { uidOrNull } from '../codec/uid.js';
import type { TraceTerms } from '../dictionaries/trace-terms.js';
import { scoreRow, scoreValues } from '../sqlite/rows/score.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

export type Score = z.infer<typeof scoreSchema>;
type ScoreRow = Schema['scores'];
type Row = { id: number; started_at: number; terms: Buffer; revision: number };

/** Adds scores to traces. */
export class ScoreCommands {
  readonly #terms: TraceTerms;
  readonly #find: Prepared<{ uid: Buffer }, Row>;
  readonly #insert: Prepared<ScoreRow, unknown>;
  readonly #setTerms: Prepared<{ id: number; terms: Buffer }, unknown>;

  constructor(statements: Statements, terms: TraceTerms) {
    this.#terms = terms;
    this.#find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select(['id', 'started_at', 'terms', 'revision']).where('uid', '=', p('uid')),
    );
    this.#insert = statements.prepare<ScoreRow>()((sql, p) => sql.insertInto('scores').values(scoreValues(p)));
    this.#setTerms = statements.prepare<{ id: number; terms: Buffer }>()((sql, p) =>
      sql
        .updateTable('traces')
        .set({ terms: p('terms') })
        .where('id', '=', p('id')),
    );
  }

  /** @throws SluiceError `not_found`, `validation_failed` */
  add(traceId: string, score: Score): void {
    const uid = uidOrNull(traceId);
    const trace = uid && this.#find.get({ uid });
    if (!trace) throw new SluiceError('not_found', 'There is no such trace.');
    const checked = scoreSchema.safeParse(score);
    if (!checked.success) throw new SluiceError('validation_failed', 'The score is not valid.', checked.error.issues);
    const { created_at, ...fields } = checked.data;
    // Whoever judged without saying of which state had this one.
    const judged = { ...fields, trace_revision: fields.trace_revision ?? trace.revision };
    this.#insert.run(scoreRow(trace.id, judged, fromIso(created_at)));
    this.#setTerms.run({ id: trace.id, terms: this.#terms.change(trace, [this.#terms.id('flag', 'score')]) });
  }
}
