import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ModelProfile, type ProbeKind, probeKinds } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { checkQuery } from '../../components/query-check.js';
import { trpc } from '../../rpc/client.js';
import { agreedTo, BudgetField, ProfileField, WithModels } from '../models/index.js';
import classes from './trust.module.css';
import { probeWords } from './words.js';

interface Props {
  opened: boolean;
  onClose(): void;
  onStarted(): void;
}

/** Measures, as a job, what a judge overlooks and what it falls for. */
export function ProbeDialog({ opened, onClose, onStarted }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title="Probe a judge"
      size={620}
      yOffset="6vh"
    >
      {opened && (
        <WithModels>{(profiles) => <Form profiles={profiles} onClose={onClose} onStarted={onStarted} />}</WithModels>
      )}
    </Modal>
  );
}

function Form({ profiles, onClose, onStarted }: { profiles: readonly ModelProfile[] } & Omit<Props, 'opened'>) {
  const rubrics = useQuery(trpc.rubrics.list.queryOptions());
  const [profile, setProfile] = useState(agreedTo(profiles)[0]?.name ?? '');
  const [rubric, setRubric] = useState('trajectory');
  const [kinds, setKinds] = useState<readonly ProbeKind[]>(['faults', 'attacks', 'length']);
  const [query, setQuery] = useState('');
  const [most, setMost] = useState(10);
  const [budget, setBudget] = useState<number | null>(null);
  const start = useMutation(trpc.judge.probe.mutationOptions({ onSuccess: onStarted }));
  const problem = query.trim() === '' ? null : checkQuery('traces', query);
  const [first] = kinds;
  return (
    <FieldGrid
      onSubmit={() => {
        if (first === undefined) return;
        start.mutate({
          profile,
          rubric,
          kinds: probeKinds.filter((kind) => kinds.includes(kind)),
          query: query.trim(),
          most,
          budget_usd: budget,
        });
      }}
    >
      <ProfileField autofocus profiles={profiles} label="Judge" value={profile} onChange={setProfile} />
      <NativeSelect
        label="Rubric"
        value={rubric}
        onChange={(event) => setRubric(event.currentTarget.value)}
        data={(rubrics.data?.items ?? []).map((each) => ({
          value: each.rubric.id,
          label: `${each.rubric.title}, version ${each.rubric.version}`,
        }))}
      />
      <Wide>
        <Checkbox.Group
          label="What is measured"
          value={[...kinds]}
          onChange={(value) => setKinds(value as ProbeKind[])}
        >
          <div className={classes.choices}>
            {probeKinds.map((kind) => (
              <Checkbox
                key={kind}
                value={kind}
                label={probeWords[kind].choice}
                description={probeWords[kind].description}
              />
            ))}
          </div>
        </Checkbox.Group>
      </Wide>
      <Wide>
        <TextInput
          label="Good traces"
          description="A query that finds traces to plant faults into. Empty: small ones that come along."
          placeholder="label:accepted"
          value={query}
          error={problem?.message}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      </Wide>
      <NumberInput
        label="Of them at most"
        description="What the query finds beyond stays out."
        disabled={query.trim() === ''}
        min={1}
        max={500}
        allowDecimal={false}
        value={most}
        onChange={(value) => typeof value === 'number' && setMost(value)}
      />
      <BudgetField value={budget} onChange={setBudget} />
      {start.isError && (
        <Wide>
          <FailureNotice error={start.error} />
        </Wide>
      )}
      <Wide>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={profile === '' || first === undefined || problem !== null}
            loading={start.isPending}
          >
            Start
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
