import { Button, Group, MultiSelect, NativeSelect, NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { DomainRow } from '../../../../shared/contract/oracle.js';
import type { Generation } from '../../../../shared/model/oracle.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { trpc } from '../../rpc/client.js';
import { WithModels } from '../models/index.js';
import { ModelRun } from './ModelRun.js';
import { type Parts, QuotaFields, quotasOf } from './QuotaFields.js';

const bySampler: Generation = { generator: 'sampler', reviewers: [], allow_own: [], budget_usd: null };

/** What the next run is to be; it is a job like others. */
export function RunForm({ domains }: { domains: readonly DomainRow[] }) {
  const [total, setTotal] = useState<number | null>(1000);
  const [seed, setSeed] = useState<number | null>(1);
  const [chosen, setChosen] = useState<string[]>([]);
  const [asked, setAsked] = useState(bySampler);
  const [parts, setParts] = useState<Parts>({});
  const start = useMutation(trpc.oracle.start.mutationOptions());
  const of = total === null || seed === null ? null : { total, seed, domains: chosen };
  const byModel = asked.generator === 'model';
  const ready = of !== null && (!byModel || asked.profile !== undefined);
  const quotas = quotasOf(parts);
  return (
    <FieldGrid onSubmit={() => ready && start.mutate({ ...asked, ...of, ...(quotas === null ? {} : { quotas }) })}>
      <NumberInput
        label="How many"
        description="Spread evenly over the domains."
        min={1}
        max={100_000_000}
        allowDecimal={false}
        thousandSeparator=","
        value={total ?? ''}
        onChange={(value) => setTotal(typeof value === 'number' ? value : null)}
      />
      <NumberInput
        label="Seed"
        description="The same seed makes the same files."
        min={0}
        allowDecimal={false}
        value={seed ?? ''}
        onChange={(value) => setSeed(typeof value === 'number' ? value : null)}
      />
      <Wide>
        <MultiSelect
          label="Of these domains"
          placeholder={chosen.length === 0 ? 'All of them' : ''}
          data={domains.map(({ domain, title }) => ({ value: domain, label: title }))}
          value={chosen}
          onChange={setChosen}
          searchable
          clearable
        />
      </Wide>
      <Wide>
        <NativeSelect
          label="Made by"
          value={asked.generator}
          onChange={(event) =>
            setAsked(event.currentTarget.value === 'model' ? { ...bySampler, generator: 'model' } : bySampler)
          }
          data={[
            { value: 'sampler', label: 'The sampler: by grammar and simulator, without a model' },
            { value: 'model', label: 'Models: they write requests and calls, others review' },
          ]}
        />
      </Wide>
      {byModel && (
        <WithModels>
          {(profiles) => <ModelRun profiles={profiles} asked={asked} of={of} onChange={setAsked} />}
        </WithModels>
      )}
      <QuotaFields parts={parts} onChange={setParts} />
      {start.isError && (
        <Wide>
          <FailureNotice error={start.error} />
        </Wide>
      )}
      <Wide>
        <Group justify="flex-end">
          <Button type="submit" disabled={!ready} loading={start.isPending}>
            Write gold traces
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
