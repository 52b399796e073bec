import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Answer } from '../../../components/layout/Answer.js';
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
  return (
    <Answer query={query} label="Loading the policy" lines={12}>
      {(answer) => <PolicyForm answer={answer} />}
    </Answer>
  );
}
