import { Button, Group, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReviewedSample } from '../../../../shared/model/oracle.js';
import { Fact, Facts } from '../../components/Facts.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { formatCount } from '../../components/format.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { percent } from './words.js';

/** What people said of traces that were drawn of a run, and drawing some for them. */
export function Samples({ runId, samples }: { runId: string; samples: readonly ReviewedSample[] }) {
  const queries = useQueryClient();
  const [size, setSize] = useState<number | null>(100);
  const draw = useMutation(
    trpc.oracle.sample.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.oracle.run.queryFilter({ run_id: runId })),
    }),
  );
  return (
    <section aria-label="Reviewed by people">
      {samples.length > 0 && (
        <Facts>
          {samples.map((sample) => (
            <Fact key={sample.name} name={`Sample of ${formatCount(sample.size)}`}>
              {said(sample)} <a href={hrefTo(`/review/${encodeURIComponent(sample.queue)}`)}>Review</a>
            </Fact>
          ))}
        </Facts>
      )}
      <FieldGrid onSubmit={() => size !== null && draw.mutate({ run_id: runId, size })}>
        <NumberInput
          label="Sample for review"
          description="Drawn evenly; a person accepts or rejects each."
          min={1}
          max={10_000}
          allowDecimal={false}
          value={size ?? ''}
          onChange={(value) => setSize(typeof value === 'number' ? value : null)}
        />
        <Wide>
          {draw.isError && <FailureNotice error={draw.error} />}
          <Group justify="flex-end">
            <Button type="submit" variant="default" disabled={size === null} loading={draw.isPending}>
              Make a review queue
            </Button>
          </Group>
        </Wide>
      </FieldGrid>
    </section>
  );
}

function said({ brought, confirmed, discarded, discard_rate, interval }: ReviewedSample): string {
  if (discard_rate === null || interval === null) return `${formatCount(brought)} wait for somebody to say.`;
  const [low, high] = interval;
  return `${formatCount(discarded)} of ${formatCount(confirmed + discarded)} discarded: ${percent(discard_rate)}, between ${percent(low)} and ${percent(high)}.`;
}
