import { SluiceError } from '../../../../shared/errors.js';
import { type Review, reviewSchema } from '../../../../shared/model/index.js';
import {
  changedReview,
  type ReviewChange,
  type ReviewContent,
  type ReviewField,
  reviewTitle,
} from '../../../../shared/review-change.js';
import { uidBytes, uidOrNull } from '../../codec/uid.js';
import { type ReviewRow, reviewOf } from '../../sqlite/rows/review.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Act, Acts, Change } from './acts.js';
import type { State } from './entities.js';

export type ReviewPatch = Partial<Pick<Review, 'label' | 'rating' | 'tags' | 'note'>>;

const patchSchema = reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial();

/** Sets reviews of traces. */
export class ReviewCommands {
  readonly #sql: Sql;
  readonly #acts: Acts;

  constructor(sql: Sql, acts: Acts) {
    this.#sql = sql;
    this.#acts = acts;
  }

  /** @throws SluiceError `not_found`, `validation_failed` */
  set(
    traceId: string,
    patch: ReviewPatch,
    reviewer: string,
    now: number,
    bulk?: string,
    act: Act = {
      reviewer,
      kind: 'review',
      title: reviewTitle(patch),
      ...(bulk === undefined ? {} : { bulk: uidBytes(bulk) }),
    },
  ): { previous: Review; current: Review } {
    const { uid, state } = this.#stateOf(traceId);
    const change = this.patched(uid, state, patch, reviewer, now);
    this.#acts.perform(act, [change, ...this.#settled(uid, patch)], now);
    const after = this.#stateOf(traceId).state;
    return { previous: review(uid, state), current: review(uid, after) };
  }

  /**
   * The same of some, as a part of one act; what has it already stays untouched.
   * @returns the fields that are others now, by trace
   */
  setMany(
    traceIds: readonly string[],
    change: ReviewChange,
    { reviewer, bulk }: { reviewer: string; bulk: string },
    now: number,
  ): { trace_id: string; fields: ReviewField[] }[] {
    const title = `${reviewTitle(change)}, of many`;
    const changed: { trace_id: string; fields: ReviewField[] }[] = [];
    const changes: (Change | null)[] = [];
    const bulkUid = uidOrNull(bulk) as Buffer;
    for (const trace_id of traceIds) {
      const uid = uidOrNull(trace_id);
      const found = uid && this.#acts.get('review', uid);
      if (!found) continue;
      const { after, fields } = changedReview(reviewContentOf(found.state), change);
      if (fields.length === 0) continue;
      changed.push({ trace_id, fields });
      changes.push(this.patched(uid, found.state, after, reviewer, now));
      if (fields.includes('label')) changes.push(...this.#settled(uid, after));
    }
    this.#acts.perform({ reviewer, kind: 'review_many', title, bulk: bulkUid }, changes, now);
    return changed;
  }

  /** The change of a review to what is given. */
  patched(uid: Buffer, state: State, patch: ReviewPatch, reviewer: string, now: number): Change | null {
    const checked = patchSchema.safeParse(patch);
    if (!checked.success) {
      throw new SluiceError('validation_failed', 'The review is not valid.', checked.error.issues);
    }
    const fields = checked.data;
    const revision = this.#sql('SELECT revision FROM traces WHERE uid = ?').get(uid) as { revision: number };
    return this.#acts.change('review', uid, {
      label: fields.label === undefined ? (state.label as string) : fields.label,
      rating: fields.rating === undefined ? (state.rating as number) : fields.rating,
      tags: fields.tags === undefined ? (state.tags as string) : JSON.stringify([...new Set(fields.tags)]),
      note: fields.note ?? (state.note as string),
      reviewed_at: now,
      reviewed_revision: revision.revision,
      reviewer,
    });
  }

  /** Two decisions of which neither holds any more, since somebody says by hand what does. */
  #settled(uid: Buffer, { label }: ReviewPatch): (Change | null)[] {
    if (label == null) return [];
    const rows = this.#sql(
      `SELECT i.uid FROM queue_items AS i JOIN traces AS t ON t.id = i.trace WHERE t.uid = ? AND i.disputed = 1`,
    ).all(uid) as { uid: Buffer }[];
    return rows.map((item) => {
      const stood = this.#acts.get('item', item.uid)?.state as State;
      return this.#acts.change('item', item.uid, { ...stood, disputed: 0, held: 0 });
    });
  }

  #stateOf(traceId: string): { uid: Buffer; state: State } {
    const uid = uidOrNull(traceId);
    const found = uid && this.#acts.get('review', uid);
    if (!found) throw new SluiceError('not_found', 'There is no such trace.');
    return { uid, state: found.state };
  }
}

function review(uid: Buffer, state: State): Review {
  return reviewOf({ ...state, uid } as unknown as ReviewRow);
}

function reviewContentOf(state: State): ReviewContent {
  return {
    label: state.label,
    rating: state.rating,
    tags: JSON.parse(state.tags as string),
    note: state.note,
  } as ReviewContent;
}
