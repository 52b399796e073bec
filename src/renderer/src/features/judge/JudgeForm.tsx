import { Button, Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Job, ModelProfile, WantedTraces } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { ForecastLine, WithModels } from '../models/index.js';
import classes from './judge.module.css';

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
  const agreed = profiles.filter((each) => each.agreed !== null);
  const heading = useId();
  const [rubric, setRubric] = useState('reasoning');
  const [chosen, setChosen] = useState<string[]>(() => agreed.slice(0, 1).map(({ name }) => name));
  const [samples, setSamples] = useState(1);
  const [budget, setBudget] = useState<number | ''>('');
  const [own, setOwn] = useState(false);
  const start = useMutation(trpc.judge.start.mutationOptions({ onSuccess: onStarted }));
  const options = {
    ...meant,
    rubric,
    profiles: chosen,
    samples,
    budget_usd: budget === '' ? null : budget,
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
      <fieldset className={classes.judges}>
        <legend id={heading}>Judges {chosen.length > 1 && '(a panel)'}</legend>
        {profiles.map(({ name, model, host, agreed: agreement }) => (
          <Checkbox
            key={name}
            label={name}
            description={
              agreement === null ? `${model}: nobody agreed yet that text is sent to ${host}` : `${model} at ${host}`
            }
            disabled={agreement === null}
            checked={chosen.includes(name)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              setChosen((before) => (on ? [...before, name] : before.filter((each) => each !== name)));
            }}
          />
        ))}
        {agreed.length === 0 && <a href={hrefTo('/verify/models')}>Agree to what leaves, in Models</a>}
      </fieldset>
      <NumberInput
        label="Times each is asked"
        description="More than once shows how steady it is."
        min={1}
        max={16}
        allowDecimal={false}
        value={samples}
        onChange={(value) => typeof value === 'number' && setSamples(value)}
      />
      <NumberInput
        label="Budget, USD"
        description="Empty: no limit. Nothing is sent beyond it."
        min={0}
        step={0.1}
        value={budget}
        onChange={(value) => setBudget(typeof value === 'number' ? value : '')}
      />
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
