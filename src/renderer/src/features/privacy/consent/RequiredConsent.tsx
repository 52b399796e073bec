import { Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { trpc } from '../../../rpc/client.js';

/** Whether exports leave out traces without a consent: a line of the policy file. */
export function RequiredConsent({ required }: { required: boolean }) {
  const queries = useQueryClient();
  const policy = useQuery(trpc.policy.get.queryOptions());
  const save = useMutation(
    trpc.policy.set.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.policy.pathFilter());
        await queries.invalidateQueries(trpc.consent.pathFilter());
        notifications.show({ message: 'Policy saved', color: 'sluice' });
      },
    }),
  );
  return (
    <>
      <Switch
        label="Exports need a consent"
        description="Traces without a consent for what the dataset is for are left out and counted. What the provider’s terms forbid is left out either way. An export can pass over both; its manifest says so."
        checked={required}
        disabled={!policy.data || save.isPending}
        onChange={(event) => {
          const { file } = policy.data ?? {};
          if (file) save.mutate({ file: { ...file, consent: { required: event.currentTarget.checked } } });
        }}
      />
      {save.isError && <FailureNotice error={save.error} />}
    </>
  );
}
