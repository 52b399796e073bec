import { Button, Group, NumberInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './oracle.module.css';

/** Chooses traces of a run for the store: an import, shown where imports are. */
export function BringForm({ runId }: { runId: string }) {
  const [query, setQuery] = useState('');
  const [most, setMost] = useState<number | null>(1000);
  const bring = useMutation(trpc.oracle.bring.mutationOptions());
  return (
    <FieldGrid onSubmit={() => most !== null && bring.mutate({ run_id: runId, query, most })}>
      <TextInput
        label="Bring those that"
        description="Words of the request, domain, scenario, tool, tool_calls. Empty: all."
        placeholder="domain:finance tool_calls>=2"
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          bring.reset();
        }}
      />
      <NumberInput
        label="At most"
        description="Taken from the domains in turns."
        min={1}
        max={1_000_000}
        allowDecimal={false}
        thousandSeparator=","
        value={most ?? ''}
        onChange={(value) => setMost(typeof value === 'number' ? value : null)}
      />
      <Wide>
        {bring.isError && <FailureNotice error={bring.error} />}
        <Group justify="flex-end" gap="sm">
          <span className={classes.note} role="status">
            {bring.isSuccess && (
              <>
                They are being brought: <a href={hrefTo('/import')}>imports</a>,{' '}
                <a href={hrefTo('/traces', { q: 'kind:gold' })}>gold traces</a>
              </>
            )}
          </span>
          <Button type="submit" variant="default" disabled={most === null} loading={bring.isPending}>
            Bring into the store
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
