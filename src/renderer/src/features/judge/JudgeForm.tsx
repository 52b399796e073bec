import { Button, Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Job, ModelProfile, WantedTraces } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { trpc } from '../../rpc/client.js';
import { agreedTo, BudgetField, ForecastLine, ProfileChecks, WithModels } from '../models/index.js';

interface Props {
  meant: WantedTraces;
  onStarted(job: Job): void;
}

/** By which rubric, by whom, and for how much; says first what it may cost. */
export function JudgeForm(props: Props) {
  return <WithModels>{(profiles) => <Form {...props} profiles={profiles} />}</WithModels>;
}

function Form({ meant, onStarted, profiles }: Props & { profiles: readonly ModelProfile[] }) {
  const rubrics = useQuery(trpc.rubrics.list.queryOptions());
  const [rubric, setRubric] = useState('reasoning');
  const [chosen, setChosen] = useState<string[]>(() =>
    agreedTo(profiles)
      .slice(0, 1)
      .map(({ name }) => name),
  );
  const [samples, setSamples] = useState(1);
  const [budget, setBudget] = useState<number | null>(null);
  const [own, setOwn] = useState(false);
  const start = useMutation(trpc.judge.start.mutationOptions({ onSuccess: onStarted }));
  const options = {
    ...meant,
    rubric,
    profiles: chosen,
    samples,
    budget_usd: budget,
    allow_own: own ? chosen : [],
  };
  const forecast = useQuery(trpc.judge.forecast.queryOptions(options, { enabled: chosen.length > 0, staleTime: 0 }));
  const about = rubrics.data?.items.find((each) => each.rubric.id === rubric)?.rubric;
  return (
    <FieldGrid onSubmit={() => start.mutate(options)}>
      <Wide>
        <NativeSelect
          label="Rubric"
          description={about?.description}
          value={rubric}
          onChange={(event) => setRubric(event.currentTarget.value)}
          data={(rubrics.data?.items ?? []).map((each) => ({
            value: each.rubric.id,
            label: `${each.rubric.title}, version ${each.rubric.version}`,
          }))}
        />
      </Wide>
      <ProfileChecks
        profiles={profiles}
        legend={<>Judges {chosen.length > 1 && '(a panel)'}</>}
        chosen={chosen}
        onChange={setChosen}
      />
      <NumberInput
        label="Times each is asked"
        description="More than once shows how steady it is."
        min={1}
        max={16}
        allowDecimal={false}
        value={samples}
        onChange={(value) => typeof value === 'number' && setSamples(value)}
      />
      <BudgetField value={budget} onChange={setBudget} />
      <Wide>
        <Checkbox
          label="A model may judge what it made itself"
          description="Models favour their own: without this such traces stay unscored."
          checked={own}
          onChange={(event) => setOwn(event.currentTarget.checked)}
        />
      </Wide>
      <Wide>
        {chosen.length > 0 && (
          <ForecastLine forecast={forecast} free="What was judged before by the same rubric and model costs nothing." />
        )}
        {start.isError && <FailureNotice error={start.error} />}
        <Button
          type="submit"
          mt="sm"
          leftSection={<IconGavel size={14} />}
          disabled={chosen.length === 0}
          loading={start.isPending}
        >
          Judge
        </Button>
      </Wide>
    </FieldGrid>
  );
}
