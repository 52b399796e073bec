import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelProfile, PairJudgement } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { RedactedText } from '../../components/RedactedText.js';
import { trpc } from '../../rpc/client.js';
import { agreedTo, BudgetField, ProfileField, WithModels } from '../models/index.js';
import classes from './judge.module.css';
import { pairText } from './words.js';

interface Props {
  a: string;
  /** Null: not chosen yet. */
  b: string | null;
}

/** Asks a model which of two traces is better, in both orders, and shows what it says. */
export function PairForm(props: Props) {
  return <WithModels>{(profiles) => <Form {...props} profiles={profiles} />}</WithModels>;
}

function Form({ a, b, profiles }: Props & { profiles: readonly ModelProfile[] }) {
  const rubrics = useQuery(trpc.rubrics.list.queryOptions());
  const queries = useQueryClient();
  const [rubric, setRubric] = useState('trajectory');
  const [profile, setProfile] = useState(agreedTo(profiles)[0]?.name ?? '');
  const [budget, setBudget] = useState<number | null>(null);
  const [own, setOwn] = useState(false);
  const compare = useMutation(
    trpc.judge.compare.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.judge.pairsOfTrace.pathFilter()),
    }),
  );
  // What was said of another pair is no answer here.
  const isOfThese = compare.variables?.a === a && compare.variables.b === b;
  const ask = () => {
    if (b === null) return;
    compare.mutate({ a, b, rubric, profile, budget_usd: budget, allow_own: own ? [profile] : [] });
  };
  return (
    <FieldGrid onSubmit={ask}>
      <NativeSelect
        label="Rubric"
        value={rubric}
        onChange={(event) => setRubric(event.currentTarget.value)}
        data={(rubrics.data?.items ?? [])
          .filter((each) => each.rubric.task !== 'steps')
          .map((each) => ({ value: each.rubric.id, label: each.rubric.title }))}
      />
      <ProfileField profiles={profiles} label="Judge" value={profile} onChange={setProfile} />
      <BudgetField value={budget} onChange={setBudget} about="Two calls are made, one for each order." />
      <Wide>
        <Checkbox
          label="A model may judge what it made itself"
          checked={own}
          onChange={(event) => setOwn(event.currentTarget.checked)}
        />
      </Wide>
      <Wide>
        {isOfThese && compare.isError && <FailureNotice error={compare.error} />}
        <Button
          type="submit"
          mt="sm"
          leftSection={<IconGavel size={14} />}
          disabled={b === null || profile === ''}
          loading={compare.isPending}
        >
          Ask which is better
        </Button>
        {isOfThese && compare.data && <Said pair={compare.data} of={a} />}
      </Wide>
    </FieldGrid>
  );
}

function Said({ pair, of }: { pair: PairJudgement; of: string }) {
  const { orders, cached, cost_usd } = pair;
  return (
    <div role="status">
      <p>
        {pairText(pair, of)}. {cached ? 'Asked before: no cost.' : <Cost usd={cost_usd} />}
      </p>
      {orders.map(({ first, unscored_reason, feedback }) => (
        <p key={first} className={classes.note}>
          {first === 'a' ? 'This one first: ' : 'The other first: '}
          <RedactedText text={(unscored_reason ?? feedback).slice(0, 400)} />
        </p>
      ))}
    </div>
  );
}
