import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Page, Review, TraceSummary } from '../../../../shared/model/index.js';
import { go } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { announce } from './announce.js';
import { describePatch } from './describe.js';
import { popUndo, pushUndo, type ReviewPatch, type UndoEntry } from './undo-stack.js';

export const emptyReview = (trace_id: string): Review => ({
  trace_id,
  label: null,
  rating: null,
  tags: [],
  note: '',
  updated_at: null,
});

type ListData = InfiniteData<Page<TraceSummary>>;

/** Writes a review into everything on screen that shows this trace. */
function showReview(client: QueryClient, traceId: string, change: (before: Review) => Review): void {
  const patched = (trace: TraceSummary): TraceSummary =>
    trace.trace_id === traceId ? { ...trace, review: change(trace.review ?? emptyReview(traceId)) } : trace;
  client.setQueriesData<ListData>(trpc.traces.list.pathFilter(), (data) =>
    data && 'pages' in data
      ? { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(patched) })) }
      : data,
  );
  client.setQueriesData<TraceSummary>(trpc.traces.get.queryFilter({ trace_id: traceId }), (data) =>
    data ? patched(data) : data,
  );
  client.setQueriesData<TraceSummary[]>(trpc.traces.children.pathFilter(), (data) => data?.map(patched));
}

function shownReview(client: QueryClient, traceId: string): Review {
  const one = client.getQueryData<TraceSummary>(trpc.traces.get.queryKey({ trace_id: traceId }));
  if (one?.review) return one.review;
  for (const [, data] of client.getQueriesData<ListData>(trpc.traces.list.pathFilter())) {
    for (const page of data?.pages ?? []) {
      const trace = page.items.find((item) => item.trace_id === traceId);
      if (trace?.review) return trace.review;
    }
  }
  return emptyReview(traceId);
}

function shownTitle(client: QueryClient, traceId: string): string {
  const one = client.getQueryData<TraceSummary>(trpc.traces.get.queryKey({ trace_id: traceId }));
  if (one) return one.title;
  for (const [, data] of client.getQueriesData<ListData>(trpc.traces.list.pathFilter())) {
    for (const page of data?.pages ?? []) {
      const trace = page.items.find((item) => item.trace_id === traceId);
      if (trace) return trace.title;
    }
  }
  return '';
}

/** Goes where something was done, unless that is shown: parameters apart, which say only what of it was in sight. */
function showPlace(at: string): void {
  const path = (hash: string) => hash.split('?', 1)[0];
  if (path(at) !== path(location.hash)) go(at);
}

function only(review: Review, patch: ReviewPatch): ReviewPatch {
  return Object.fromEntries(Object.keys(patch).map((field) => [field, review[field as keyof ReviewPatch]]));
}

/** What `apply` changes: a fixed patch, or one made from what stands there (adding a tag to many traces). */
export type ReviewChange = ReviewPatch | ((current: Review) => ReviewPatch);

// One after the other: an undo pressed right after a label must find that label on the stack.
let line: Promise<unknown> = Promise.resolve();
function inLine<T>(work: () => Promise<T>): Promise<T> {
  const next = line.then(work, work);
  line = next;
  return next;
}

/** More are sent many in a request: a token may write only so often in a minute. */
const mostOneByOne = 20;
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

/**
 * Labels traces: shows the change at once, sends it, and takes it back on screen if the engine refuses. What stood
 * before goes on the undo stack; `undo` takes the newest entry back.
 */
export function useReview() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation(trpc.reviews.set.mutationOptions());
  const { mutateAsync: setMany } = useMutation(trpc.reviews.setMany.mutationOptions());

  const send = useCallback(
    async (trace_id: string, shown: ReviewPatch, patch: ReviewPatch) => {
      try {
        const { previous, current } = await mutateAsync({ trace_id, patch });
        // Only the time: a later change may already be on screen and on its way. But what was typed and replaced before
        // it was stored is shown as it is stored.
        const stored = only(current, patch);
        const replaced = JSON.stringify(stored) !== JSON.stringify(patch);
        showReview(client, trace_id, (review) => ({
          ...review,
          ...(replaced && JSON.stringify(only(review, patch)) === JSON.stringify(patch) && stored),
          updated_at: current.updated_at,
        }));
        return { trace_id, before: only(previous, patch) };
      } catch (error) {
        showReview(client, trace_id, (review) => ({ ...review, ...shown }));
        throw error;
      }
    },
    [client, mutateAsync],
  );

  /** Shows and sends patches; answers what stood before, and the patches that failed. */
  const sendAll = useCallback(
    (patches: { trace_id: string; patch: ReviewPatch }[]) => {
      const work = patches.map(({ trace_id, patch }) => {
        const shown = only(shownReview(client, trace_id), patch);
        showReview(client, trace_id, (review) => ({ ...review, ...patch }));
        return { trace_id, patch, shown };
      });
      return inLine(async () => {
        const changes: UndoEntry['changes'] = [];
        const failed: { trace_id: string; patch: ReviewPatch; message: string }[] = [];
        if (work.length > mostOneByOne) {
          for (const part of inParts(work)) {
            try {
              const { reviews } = await setMany({ patches: part.map(({ trace_id, patch }) => ({ trace_id, patch })) });
              const patches = new Map(part.map(({ trace_id, patch }) => [trace_id, patch]));
              for (const { previous } of reviews) {
                const { trace_id } = previous;
                changes.push({ trace_id, before: only(previous, patches.get(trace_id) ?? {}) });
              }
            } catch (error) {
              for (const { trace_id, patch, shown } of part) {
                showReview(client, trace_id, (review) => ({ ...review, ...shown }));
                failed.push({ trace_id, patch, message: reason(error) });
              }
            }
          }
          return { changes, failed };
        }
        for (const { trace_id, patch, shown } of work) {
          try {
            changes.push(await send(trace_id, shown, patch));
          } catch (error) {
            failed.push({ trace_id, patch, message: reason(error) });
          }
        }
        return { changes, failed };
      });
    },
    [client, send, setMany],
  );

  /** Changes one trace or many; `quiet` leaves out the line of feedback, `merge` as in UndoEntry (autosave). */
  const apply = useCallback(
    async (
      traceIds: string[],
      change: ReviewChange,
      options: { quiet?: boolean; merge?: string } = {},
    ): Promise<boolean> => {
      const patches = traceIds.map((trace_id) => ({
        trace_id,
        patch: typeof change === 'function' ? change(shownReview(client, trace_id)) : change,
      }));
      const first = patches[0];
      if (!first) return true;
      const title = describePatch(first.patch, patches.length, shownTitle(client, first.trace_id));
      if (!options.quiet) announce({ kind: 'done', text: title, undo: true });
      const { changes, failed } = await sendAll(patches);
      if (changes.length > 0) pushUndo({ title, changes, merge: options.merge });
      if (failed[0]) announce({ kind: 'failed', text: `Not saved: ${failed[0].message}` });
      return failed.length === 0;
    },
    [client, sendAll],
  );

  const undo = useCallback(async () => {
    await line.catch(() => undefined);
    const entry = popUndo();
    if (!entry) {
      announce({ kind: 'done', text: 'Nothing to undo' });
      return;
    }
    if (entry.at !== undefined) showPlace(entry.at);
    announce({ kind: 'done', text: `Undone: ${entry.title}` });
    const { failed } = await sendAll(entry.changes.map(({ trace_id, before }) => ({ trace_id, patch: before })));
    if (failed[0]) {
      pushUndo({ title: entry.title, changes: failed.map(({ trace_id, patch }) => ({ trace_id, before: patch })) });
      announce({ kind: 'failed', text: `Could not undo: ${failed[0].message}` });
    }
  }, [sendAll]);

  return { apply, undo };
}
