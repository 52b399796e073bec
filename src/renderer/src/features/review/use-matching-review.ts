import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Review, WantedTraces } from '../../../../shared/model/index.js';
import { client, trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { announce } from './announce.js';
import { describePatch } from './describe.js';
import { pushUndo, type ReviewPatch, type UndoEntry } from './undo-stack.js';

const atOnce = 100;

/** What is done to the reviews of all that are meant. */
export type MatchingChange = Omit<ReviewPatch, 'tags'> & { add_tags?: string[]; remove_tags?: string[] };

/** What stood there before, of the fields that the change touches. */
function before(review: Review, { add_tags, remove_tags, ...fields }: MatchingChange): ReviewPatch {
  const names = Object.keys(fields) as (keyof typeof fields)[];
  return {
    ...Object.fromEntries(names.map((name) => [name, review[name]])),
    ...((add_tags ?? remove_tags) && { tags: review.tags }),
  };
}

/** The same in parts that one request may name. */
function* parts({ query, trace_ids }: WantedTraces): Generator<WantedTraces> {
  if (trace_ids === undefined) yield { query };
  else
    for (let at = 0; at < trace_ids.length; at += atOnce) yield { query, trace_ids: trace_ids.slice(at, at + atOnce) };
}

/** Changes the reviews of all that are meant, page by page in the engine; one undo takes all of it back. */
export function useMatchingReview() {
  const queries = useQueryClient();
  return useCallback(
    async (meant: WantedTraces, change: MatchingChange, count: number): Promise<void> => {
      const changes: UndoEntry['changes'] = [];
      const { add_tags, remove_tags, ...fields } = change;
      const what = (done: number) => describePatch(add_tags || remove_tags ? { tags: [] } : fields, done);
      try {
        for (const part of parts(meant)) {
          let cursor: string | null = null;
          do {
            const page: { previous: Review[]; next_cursor: string | null } = await client.reviews.setMatching.mutate({
              ...part,
              cursor,
              change,
            });
            changes.push(...page.previous.map((each) => ({ trace_id: each.trace_id, before: before(each, change) })));
            cursor = page.next_cursor;
            if (changes.length < count)
              announce({ kind: 'done', text: `${what(changes.length)} of ${count.toLocaleString('en')}…` });
          } while (cursor !== null);
        }
        announce({ kind: 'done', text: what(changes.length), undo: true });
      } catch (error) {
        announce({ kind: 'failed', text: `${what(changes.length)}, then stopped: ${describeError(error).message}` });
      } finally {
        if (changes.length > 0) pushUndo({ title: what(changes.length), changes });
        await queries.invalidateQueries(trpc.traces.pathFilter());
      }
    },
    [queries],
  );
}
