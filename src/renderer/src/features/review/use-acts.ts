import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { ReviewAct, Undone } from '../../../../shared/model/index.js';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useTick } from '../../rpc/ticks.js';
import { announce } from './announce.js';
import { turn, unturn } from './history.js';
import { inLine } from './in-line.js';
import { shownTitle, showReview } from './shown-review.js';

const longestTitle = 40;

/** What an act was, in one line: `Accept: “CI is red”`. */
function described(queries: QueryClient, act: ReviewAct, changed: number): string {
  const [first] = act.trace_ids;
  if (act.trace_ids.length > 1) return `${act.title} (${Math.max(changed, act.trace_ids.length)} traces)`;
  const title = first === undefined ? '' : shownTitle(queries, first);
  const short = title.length > longestTitle ? `${title.slice(0, longestTitle).trimEnd()}…` : title;
  return short === '' ? act.title : `${act.title}: “${short}”`;
}

/** Pages that show what was changed by themselves, or lead back to it. */
const staying = /^#\/(traces$|traces\?|review(\/|\?|$)|compare)/;

/** Goes where what was turned back is seen, unless it is. */
function showPlace({ trace_ids }: ReviewAct): void {
  const [first] = trace_ids;
  if (first === undefined || staying.test(location.hash)) return;
  if (trace_ids.some((id) => location.hash.startsWith(`#/traces/${id}`))) return;
  go(trace_ids.length > 1 ? hrefTo('/traces') : hrefTo(`/traces/${first}`));
}

/** What is on screen of these traces is read again. */
async function showAgain(queries: QueryClient, { trace_ids }: ReviewAct): Promise<void> {
  await Promise.all([
    ...trace_ids.map(async (trace_id) => {
      // Deleted meanwhile: there is nothing to show.
      const review = await client.reviews.get.query({ trace_id }).catch(() => null);
      if (review) showReview(queries, trace_id, () => review);
    }),
    queries.invalidateQueries(trpc.labels.pathFilter()),
    queries.invalidateQueries(trpc.queues.pathFilter()),
    queries.invalidateQueries(trpc.acts.pathFilter()),
  ]);
}

const words = { undo: ['Undone', 'Nothing to undo'], redo: ['Done again', 'Nothing to do again'] } as const;

/** A page that has more to do when something is turned back: it does the undo that is asked elsewhere, too. */
let pageUndo: (() => void) | null = null;
export function onUndo(undo: () => void): () => void {
  pageUndo = undo;
  return () => {
    pageUndo = null;
  };
}

/** Takes back what was done in review, whatever it was, and does it again: by the engine, which keeps it across restarts. */
export function useActs() {
  const queries = useQueryClient();
  const turned = useCallback(
    (way: 'undo' | 'redo'): Promise<Undone | null> =>
      inLine(async () => {
        const step = turn(way);
        const [did, nothing] = words[way];
        if (step !== null) {
          await step[way]();
          announce({ kind: 'done', text: `${did}: ${step.title}` });
          return null;
        }
        try {
          const result = await client.acts[way].mutate();
          const { act, changed, skipped } = result;
          if (act === null) {
            unturn(way);
            announce({ kind: 'done', text: nothing });
            return result;
          }
          const kept = skipped > 0 ? ` ${skipped} changed by others since: they stay as they are.` : '';
          announce({ kind: 'done', text: `${did}: ${described(queries, act, changed)}.${kept}`.replace(/”\.$/, '”') });
          showPlace(act);
          await showAgain(queries, act);
          return result;
        } catch (error) {
          unturn(way);
          announce({
            kind: 'failed',
            text: `Not ${way === 'undo' ? 'undone' : 'done again'}: ${describeError(error).message}`,
          });
          return null;
        }
      }),
    [queries],
  );
  const undo = useCallback(() => turned('undo'), [turned]);
  const redo = useCallback(() => turned('redo'), [turned]);
  /** As the page that is shown does it: for what stands beside every page. */
  const undoHere = useCallback(() => (pageUndo === null ? void undo() : pageUndo()), [undo]);
  return { undo, redo, undoHere };
}

/** What the next undo takes back, by its title; null where there is nothing. */
export function useUndoTitle(): string | null {
  const queries = useQueryClient();
  const acts = useQuery(trpc.acts.list.queryOptions({ limit: 20 }));
  useTick('reviews', () => void queries.invalidateQueries(trpc.acts.pathFilter()));
  return acts.data?.items.find(({ undone }) => !undone)?.title ?? null;
}
