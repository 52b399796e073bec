import { Button, NativeSelect } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExpansionOptions, Job, ModelProfile, WantedTraces } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { trpc } from '../../rpc/client.js';
import { agreedTo, BudgetField, ForecastLine, ProfileField, WithModels } from '../models/index.js';

interface Props {
  meant: WantedTraces;
  onStarted(job: Job): void;
}

/** By which model, of which calls, and for how much; says first what it may cost. */
export function ExpandForm(props: Props) {
  return <WithModels>{(profiles) => <Form {...props} profiles={profiles} />}</WithModels>;
}

function Form({ meant, onStarted, profiles }: Props & { profiles: readonly ModelProfile[] }) {
  const [profile, setProfile] = useState(agreedTo(profiles)[0]?.name ?? '');
  const [calls, setCalls] = useState<ExpansionOptions['calls']>('without');
  const [budget, setBudget] = useState<number | null>(null);
  const options = { ...meant, profile, calls, budget_usd: budget };
  const start = useMutation(trpc.expansions.start.mutationOptions({ onSuccess: onStarted }));
  const forecast = useQuery(trpc.expansions.forecast.queryOptions(options, { enabled: profile !== '', staleTime: 0 }));
  return (
    <FieldGrid onSubmit={() => start.mutate(options)}>
      <Wide>
        <ProfileField
          profiles={profiles}
          label="Model"
          description="It is shown what the agent knew and what it did, and writes how one leads to the other."
          value={profile}
          onChange={setProfile}
        />
      </Wide>
      <NativeSelect
        label="Calls"
        description="Encrypted reasoning counts as none."
        value={calls}
        onChange={(event) => setCalls(event.currentTarget.value as ExpansionOptions['calls'])}
        data={[
          { value: 'without', label: 'That tell no reasoning' },
          { value: 'all', label: 'All' },
        ]}
      />
      <BudgetField value={budget} onChange={setBudget} />
      <Wide>
        {profile !== '' && (
          <ForecastLine forecast={forecast} free="What this model wrote before of the same costs nothing." />
        )}
        {start.isError && <FailureNotice error={start.error} />}
        <Button
          type="submit"
          mt="sm"
          disabled={profile === ''}
          leftSection={<IconBulb size={14} />}
          loading={start.isPending}
        >
          Write reasoning
        </Button>
      </Wide>
    </FieldGrid>
  );
}
