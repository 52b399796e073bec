import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Comparison, preferences } from '../../../../shared/model/index.js';
import type { Compared } from '../../navigation/compare-href.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useTick } from '../../rpc/ticks.js';
import { announce, didAct } from '../review/index.js';
import { sameSide } from './side.js';

export type Preferred = (typeof preferences)[number];

/** What was said of two, told of them as they stand here. */
export interface SidedVerdict {
  reviewer: string;
  preferred: Preferred;
  reason: string;
  stale: boolean;
}

const swapped: Record<Preferred, Preferred> = { a: 'b', b: 'a', tie: 'tie', both_bad: 'both_bad' };
export const words: Record<Preferred, string> = {
  a: 'A better',
  b: 'B better',
  tie: 'Tie',
  both_bad: 'Neither',
};

function verdictOf(comparison: Comparison, a: Compared, b: Compared): SidedVerdict | null {
  const { reviewer, preferred, reason, stale } = comparison;
  if (sameSide(comparison.a, a) && sameSide(comparison.b, b)) return { reviewer, preferred, reason, stale };
  if (sameSide(comparison.a, b) && sameSide(comparison.b, a))
    return { reviewer, preferred: swapped[preferred], reason, stale };
  return null;
}

/** What reviewers said of two, and the way to say it. */
export function useComparison(a: Compared, b: Compared) {
  const queries = useQueryClient();
  const ofA = useQuery(trpc.labels.get.queryOptions({ trace_id: a.trace_id }));
  const ofB = useQuery(trpc.labels.get.queryOptions({ trace_id: b.trace_id }));
  const acts = useQuery(trpc.acts.list.queryOptions({ limit: 1 }));
  const settings = useQuery(trpc.settings.get.queryOptions());
  const reviewer = acts.data?.items[0]?.reviewer ?? settings.data?.settings.reviewer_name ?? '';

  const refresh = useCallback(() => {
    void queries.invalidateQueries(trpc.labels.get.pathFilter());
    void queries.invalidateQueries(trpc.acts.list.pathFilter());
    void queries.invalidateQueries(trpc.comparisons.candidates.pathFilter());
  }, [queries]);
  useTick(['reviews'], refresh);

  const set = useMutation(trpc.comparisons.set.mutationOptions({ onSettled: refresh }));
  const say = (preferred: Preferred, reason: string) => {
    const notDone = didAct();
    set.mutate(
      { a, b, preferred, reason },
      {
        onSuccess: () => announce({ kind: 'done', text: words[preferred], undo: true }),
        onError: (error) => {
          notDone();
          announce({ kind: 'failed', text: `Not saved: ${describeError(error).message}` });
        },
      },
    );
  };

  const seen = new Map<string, Comparison>();
  for (const { data } of [ofA, ofB]) for (const each of data?.comparisons ?? []) seen.set(each.comparison_id, each);
  const all = [...seen.values()].flatMap((comparison) => verdictOf(comparison, a, b) ?? []);
  return {
    own: all.find((verdict) => verdict.reviewer === reviewer) ?? null,
    others: all.filter((verdict) => verdict.reviewer !== reviewer),
    busy: set.isPending,
    say,
  };
}
