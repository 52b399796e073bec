import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DatasetDefinition } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';

const pauseMs = 250;

/** What a definition would give, asked once it rests; an answer that was overtaken is given up. Null: there is nothing to ask. */
export function usePreview(definition: DatasetDefinition | null) {
  const text = definition === null ? null : JSON.stringify(previewed(definition));
  const [rested] = useDebouncedValue(text, pauseMs);
  const asked = useMemo(() => (rested === null ? null : (JSON.parse(rested) as DatasetDefinition)), [rested]);
  const query = useQuery({
    ...trpc.datasets.preview.queryOptions(
      { definition: asked ?? ({} as DatasetDefinition) },
      { trpc: { abortOnUnmount: true }, placeholderData: keepPreviousData },
    ),
    enabled: asked !== null,
  });
  return { ...query, settled: !query.isFetching && rested === text };
}

/** What rows and counts depend on: how files are packed and balanced shows only when they are built. */
function previewed({ compress: _, shard_mb: __, balance: ___, against: ____, ...rest }: DatasetDefinition) {
  return rest;
}
