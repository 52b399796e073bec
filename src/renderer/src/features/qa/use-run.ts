import { useQuery, useQueryClient } from '@tanstack/react-query';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { isUnderWay } from './words.js';

/** A whole run; what is under way is asked again as its job goes on. */
export function useRun(runId: string) {
  const queries = useQueryClient();
  const run = useQuery(trpc.qa.run.queryOptions({ run_id: runId }));
  const open = run.data === undefined || isUnderWay(run.data);
  useTick(
    ['jobs', 'traces'],
    open ? () => void queries.invalidateQueries(trpc.qa.run.queryFilter({ run_id: runId })) : null,
  );
  return run;
}
