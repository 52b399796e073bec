import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { uuidv7 } from '../../../../shared/ids.js';
import type { Review } from '../../../../shared/model/index.js';
import type { ReviewChange } from '../../../../shared/review-change.js';
import { client, trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { announce } from './announce.js';
import { describePatch } from './describe.js';
import { didAct } from './history.js';
import { inLine } from './in-line.js';

const atOnce = 100;

/** What is done to the reviews of all that are meant. */
export type MatchingChange = ReviewChange;

/** What a change of many did, in one line. */
export function describeChange({ add_tags, remove_tags, ...fields }: MatchingChange, count: number): string {
  return describePatch(add_tags || remove_tags ? { tags: [] } : fields, count);
}

/** Changes the reviews of traces that were picked one by one, many in a request; one undo takes all of it back. */
export function usePickedReview() {
  const queries = useQueryClient();
  return useCallback(
    (traceIds: readonly string[], change: MatchingChange): Promise<void> => {
      const forget = didAct();
      return inLine(async () => {
        const part_of = uuidv7();
        let changed = 0;
        try {
          for (let at = 0; at < traceIds.length; at += atOnce) {
            const page: { previous: Review[] } = await client.reviews.setMatching.mutate({
              query: '',
              trace_ids: traceIds.slice(at, at + atOnce),
              change,
              part_of,
            });
            changed += page.previous.length;
            if (changed < traceIds.length) {
              const of = `${describeChange(change, changed)} of ${traceIds.length.toLocaleString('en')}…`;
              announce({ kind: 'done', text: of });
            }
          }
          announce({ kind: 'done', text: describeChange(change, changed), undo: true });
        } catch (error) {
          const text = `${describeChange(change, changed)}, then stopped: ${describeError(error).message}`;
          announce({ kind: 'failed', text });
        } finally {
          if (changed === 0) forget();
          await queries.invalidateQueries(trpc.traces.pathFilter());
        }
      });
    },
    [queries],
  );
}
