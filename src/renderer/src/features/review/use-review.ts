import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { uuidv7 } from '../../../../shared/ids.js';
import type { Review } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';
import { announce } from './announce.js';
import { describePatch } from './describe.js';
import { didAct } from './history.js';
import { inLine } from './in-line.js';
import type { ReviewPatch } from './patch.js';
import { shownReview, shownTitle, showReview } from './shown-review.js';

function only(review: Review, patch: ReviewPatch): ReviewPatch {
  return Object.fromEntries(Object.keys(patch).map((field) => [field, review[field as keyof ReviewPatch]]));
}

/** What `apply` changes: a fixed patch, or one made from what stands there (adding a tag to many traces). */
export type ReviewChange = ReviewPatch | ((current: Review) => ReviewPatch);

const mostInPart = 100;
const partChars = 60_000;

/** Patches that go into one request, by their number and by what stands in them. */
function* inParts<T extends { patch: ReviewPatch }>(work: readonly T[]): Generator<T[]> {
  let part: T[] = [];
  let chars = 0;
  for (const each of work) {
    const size = JSON.stringify(each.patch).length;
    if (part.length > 0 && (part.length >= mostInPart || chars + size > partChars)) {
      yield part;
      part = [];
      chars = 0;
    }
    part.push(each);
    chars += size;
  }
  if (part.length > 0) yield part;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Visits to notes that did something already. */
const visits = new Set<string>();

/** Labels traces: shows the change at once, sends it, and takes it back on screen if the engine refuses. */
export function useReview() {
  const client = useQueryClient();
  const { mutateAsync: setOne } = useMutation(trpc.reviews.set.mutationOptions());
  const { mutateAsync: setMany } = useMutation(trpc.reviews.setMany.mutationOptions());

  /**
   * Changes one trace or many, as one act; `quiet` leaves out the line of feedback, changes with the same `part_of` are one
   * act: all the autosaves of one visit to a note.
   */
  const apply = useCallback(
    (
      traceIds: string[],
      change: ReviewChange,
      options: { quiet?: boolean; part_of?: string } = {},
    ): Promise<boolean> => {
      const work = traceIds.map((trace_id) => {
        const before = shownReview(client, trace_id);
        const patch = typeof change === 'function' ? change(before) : change;
        showReview(client, trace_id, (review) => ({ ...review, ...patch }));
        return { trace_id, patch, shown: only(before, patch) };
      });
      const first = work[0];
      if (!first) return Promise.resolve(true);
      const title = describePatch(first.patch, work.length, shownTitle(client, first.trace_id));
      if (!options.quiet) announce({ kind: 'done', text: title, undo: true });
      const part_of = options.part_of ?? uuidv7();
      // The autosaves of a visit are one act, which stands there since the first of them.
      const forget = visits.has(part_of) ? () => undefined : didAct();
      if (options.part_of !== undefined) visits.add(options.part_of);
      return inLine(async () => {
        let failure: unknown;
        let acted = false;
        for (const part of inParts(work)) {
          try {
            const patches = new Map(part.map(({ trace_id, patch }) => [trace_id, patch]));
            const reviews =
              work.length === 1
                ? [await setOne({ trace_id: first.trace_id, patch: first.patch, part_of })]
                : (await setMany({ patches: part.map(({ trace_id, patch }) => ({ trace_id, patch })), part_of }))
                    .reviews;
            for (const { current } of reviews) {
              // Only the time: a later change may already be on screen and on its way. But what was typed and replaced
              // before it was stored is shown as it is stored.
              const patch = patches.get(current.trace_id) ?? {};
              const stored = only(current, patch);
              const replaced = JSON.stringify(stored) !== JSON.stringify(patch);
              showReview(client, current.trace_id, (review) => ({
                ...review,
                ...(replaced && JSON.stringify(only(review, patch)) === JSON.stringify(patch) && stored),
                updated_at: current.updated_at,
                trace_revision: current.trace_revision,
              }));
            }
            acted = true;
          } catch (error) {
            failure ??= error;
            for (const { trace_id, shown } of part) showReview(client, trace_id, (review) => ({ ...review, ...shown }));
          }
        }
        if (!acted) {
          forget();
          visits.delete(part_of);
        }
        if (failure !== undefined) announce({ kind: 'failed', text: `Not saved: ${reason(failure)}` });
        return failure === undefined;
      });
    },
    [client, setOne, setMany],
  );

  return { apply };
}
