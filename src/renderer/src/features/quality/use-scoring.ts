import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Job } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { isOpen } from '../jobs/index.js';

/** How far back the last runs are looked for. */
const jobsLooked = 10;

/** Scores on demand, as a job; what was shown of scores is read anew once a run is over. */
export function useScoring(): { running: Job | null; failure: unknown; start(query: string): void } {
  const queries = useQueryClient();
  const asked = { limit: jobsLooked, kind: 'quality' };
  const jobs = useQuery(trpc.jobs.list.queryOptions(asked));
  const refresh = () => void queries.invalidateQueries(trpc.jobs.list.queryFilter(asked));
  useTick('jobs', refresh);
  const start = useMutation(trpc.quality.start.mutationOptions({ onSettled: refresh }));
  const running = jobs.data?.items.find(isOpen) ?? null;
  const over = jobs.data?.items.find((job) => !isOpen(job));
  const seen = useRef(over?.job_id);
  const overId = over?.job_id;
  useEffect(() => {
    if (overId !== undefined && seen.current !== overId) void queries.invalidateQueries(trpc.quality.of.pathFilter());
    seen.current = overId;
  }, [overId, queries]);
  return {
    running,
    failure: start.error ?? (over?.state === 'failed' ? over.error : null),
    start: (query) => start.mutate({ query, all: true }),
  };
}
