import { Button, Group, MultiSelect, NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { DomainRow } from '../../../../shared/contract/oracle.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { trpc } from '../../rpc/client.js';

/** What the next run is to be; it is a job like others. */
export function RunForm({ domains }: { domains: readonly DomainRow[] }) {
  const [total, setTotal] = useState<number | null>(1000);
  const [seed, setSeed] = useState<number | null>(1);
  const [chosen, setChosen] = useState<string[]>([]);
  const start = useMutation(trpc.oracle.start.mutationOptions());
  const whole = total !== null && seed !== null;
  return (
    <FieldGrid onSubmit={() => whole && start.mutate({ total, seed, domains: chosen })}>
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
      {start.isError && (
        <Wide>
          <FailureNotice error={start.error} />
        </Wide>
      )}
      <Wide>
        <Group justify="flex-end">
          <Button type="submit" disabled={!whole} loading={start.isPending}>
            Write gold traces
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
