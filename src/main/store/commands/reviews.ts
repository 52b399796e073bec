import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import { type Review, reviewSchema } from '../../../shared/model/index.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import type { TraceTerms } from '../dictionaries/trace-terms.js';
import { reviewOf } from '../sqlite/rows/review.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

export type ReviewPatch = Partial<Pick<Review, 'label' | 'rating' | 'tags' | 'note'>>;

type ReviewColumns = Pick<Schema['traces'], 'label' | 'rating' | 'tags' | 'note' | 'reviewed_at' | 'reviewed_revision'>;
type Row = ReviewColumns & { id: number; uid: Buffer; started_at: number; terms: Buffer; revision: number };

const patchSchema = reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial();

/** Sets reviews; every state that one ever had is kept. */
export class ReviewCommands {
  readonly #terms: TraceTerms;
  readonly #find: Prepared<{ uid: Buffer }, Row>;
  readonly #update: Prepared<ReviewColumns & { id: number; terms: Buffer }, unknown>;
  readonly #log: Prepared<Schema['review_events'], unknown>;

  constructor(statements: Statements, terms: TraceTerms) {
    this.#terms = terms;
    this.#find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('traces')
        .select(['id', 'uid', 'started_at', 'terms', 'revision'])
        .select(['label', 'rating', 'tags', 'note', 'reviewed_at', 'reviewed_revision'])
        .where('uid', '=', p('uid')),
    );
    this.#update = statements.prepare<ReviewColumns & { id: number; terms: Buffer }>()((sql, p) =>
      sql
        .updateTable('traces')
        .set({
          label: p('label'),
          rating: p('rating'),
          tags: p('tags'),
          note: p('note'),
          reviewed_at: p('reviewed_at'),
          reviewed_revision: p('reviewed_revision'),
          terms: p('terms'),
        })
        .where('id', '=', p('id')),
    );
    this.#log = statements.prepare<Schema['review_events']>()((sql, p) =>
      sql.insertInto('review_events').values({ trace: p('trace'), uid: p('uid'), at: p('at'), review: p('review') }),
    );
  }

  /** @throws SluiceError `not_found`, `validation_failed` */
  set(traceId: string, patch: ReviewPatch, now: number): { previous: Review; current: Review } {
    const uid = uidOrNull(traceId);
    const row = uid && this.#find.get({ uid });
    if (!row) throw new SluiceError('not_found', 'There is no such trace.');
    const checked = patchSchema.safeParse(patch);
    if (!checked.success) {
      throw new SluiceError('validation_failed', 'The review is not valid.', checked.error.issues);
    }
    const previous = reviewOf(row);
    const given = checked.data;
    const next: ReviewColumns = {
      label: given.label === undefined ? row.label : given.label,
      rating: given.rating === undefined ? row.rating : given.rating,
      tags: given.tags === undefined ? row.tags : JSON.stringify([...new Set(given.tags)]),
      note: given.note ?? row.note,
      reviewed_at: now,
      reviewed_revision: row.revision,
    };
    const before = this.#termsOf(row);
    const after = this.#termsOf(next);
    const terms = this.#terms.change(
      row,
      after,
      before.filter((term) => !after.includes(term)),
    );
    this.#update.run({ id: row.id, ...next, terms });
    const current = reviewOf({ ...next, uid: row.uid });
    const { trace_id: _, ...state } = current;
    this.#log.run({ trace: row.id, uid: uidBytes(uuidv7()), at: now, review: JSON.stringify(state) });
    return { previous, current };
  }

  #termsOf(row: ReviewColumns): number[] {
    const tags = (JSON.parse(row.tags) as string[]).map((tag) => this.#terms.id('tag', tag));
    const terms = [...tags];
    if (row.label !== null) terms.push(this.#terms.id('label', row.label));
    if (tags.length > 0) terms.push(this.#terms.id('flag', 'tag'));
    if (row.note !== '') terms.push(this.#terms.id('flag', 'note'));
    if (row.label !== null || row.rating !== null || tags.length > 0 || row.note !== '') {
      terms.push(this.#terms.id('flag', 'reviewed'));
    }
    return terms;
  }
}
