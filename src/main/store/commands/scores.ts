import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { fromIso, scoreSchema } from '../../../shared/model/index.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import type { TraceTerms } from '../dictionaries/trace-terms.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

export type Score = z.infer<typeof scoreSchema>;
type ScoreRow = Schema['scores'];
type Row = { id: number; started_at: number; terms: Buffer };

/** Adds scores to traces. */
export class ScoreCommands {
  readonly #terms: TraceTerms;
  readonly #find: Prepared<{ uid: Buffer }, Row>;
  readonly #insert: Prepared<ScoreRow, unknown>;
  readonly #setTerms: Prepared<{ id: number; terms: Buffer }, unknown>;

  constructor(statements: Statements, terms: TraceTerms) {
    this.#terms = terms;
    this.#find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select(['id', 'started_at', 'terms']).where('uid', '=', p('uid')),
    );
    this.#insert = statements.prepare<ScoreRow>()((sql, p) =>
      sql.insertInto('scores').values({
        uid: p('uid'),
        trace: p('trace'),
        kind: p('kind'),
        name: p('name'),
        value: p('value'),
        explanation: p('explanation'),
        created_at: p('created_at'),
      }),
    );
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
    const { score_id, kind, name, value, explanation, created_at } = checked.data;
    this.#insert.run({
      uid: uidBytes(score_id),
      trace: trace.id,
      kind,
      name,
      value,
      explanation: explanation ?? null,
      created_at: fromIso(created_at),
    });
    this.#setTerms.run({ id: trace.id, terms: this.#terms.change(trace, [this.#terms.id('flag', 'score')]) });
  }
}
