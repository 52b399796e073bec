import { useQuery, useQueryClient } from '@tanstack/react-query';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';

/** Profiles of language models with what they cost today. */
export function useProfiles() {
  const queries = useQueryClient();
  // Jobs change what they cost today; profiles are set elsewhere too.
  useTick(['jobs', 'settings'], () => void queries.invalidateQueries(trpc.models.list.pathFilter()));
  return useQuery(trpc.models.list.queryOptions());
}
