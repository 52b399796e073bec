import { useQuery, useQueryClient } from '@tanstack/react-query';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';

/** A queue and how far it is, current by ticks. */
export function useQueue(name: string) {
  const queries = useQueryClient();
  const input = { name };
  useTick('reviews', () => void queries.invalidateQueries(trpc.queues.get.queryFilter(input)));
  return useQuery(trpc.queues.get.queryOptions(input, { placeholderData: (before) => before }));
}
export type QueueAnswer = NonNullable<ReturnType<typeof useQueue>['data']>;
