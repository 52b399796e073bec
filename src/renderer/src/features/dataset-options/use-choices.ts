import { useQuery } from '@tanstack/react-query';
import type { DatasetChoices } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';

const none: DatasetChoices = { packages: [], layouts: [], trainers: [], formats: [] };

/** What a dataset can be made of; nothing until it is known. */
export function useDatasetChoices(): DatasetChoices {
  // They change with the engine's version alone.
  const query = useQuery(trpc.datasets.choices.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  return query.data ?? none;
}
