import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ErrorState } from '../../../components/ErrorState.js';
import { LoadingState } from '../../../components/LoadingState.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import { PolicyForm } from './PolicyForm.js';

/** The redaction policy: what is looked for, and what is done with it. */
export function PolicyTab() {
  const queries = useQueryClient();
  const query = useQuery(trpc.policy.get.queryOptions());
  useTick('policy', () => {
    void queries.invalidateQueries(trpc.policy.pathFilter());
    void queries.invalidateQueries(trpc.knownValues.pathFilter());
  });
  if (query.isPending) return <LoadingState label="Loading the policy" lines={12} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <PolicyForm answer={query.data} />;
}
