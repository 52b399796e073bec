import { useQuery, useQueryClient } from '@tanstack/react-query';
import { trpc } from '../../rpc/client.js';
import { isConnectionError } from '../../rpc/errors.js';
import { useTick } from '../../rpc/ticks.js';

/** Quality of a trace; one that was not scored yet is not found, which asking again does not change. */
export function useQuality(traceId: string) {
  const queries = useQueryClient();
  useTick(
    ['reviews', 'traces'],
    () => void queries.invalidateQueries(trpc.quality.of.queryFilter({ trace_id: traceId })),
  );
  return useQuery({
    ...trpc.quality.of.queryOptions({ trace_id: traceId }),
    retry: (failures, error) => isConnectionError(error) && failures < 3,
  });
}
