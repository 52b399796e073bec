import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { QualityValue } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';

/** A scroll through many rows asks once it comes to rest. */
const pauseMs = 80;

/** Quality of the traces in sight; those that were not scored yet are not in it. */
export function useQualityValues(inSight: readonly string[]): ReadonlyMap<string, QualityValue> {
  const queries = useQueryClient();
  const [asked] = useDebouncedValue(inSight.join(), pauseMs);
  const trace_ids = asked === '' ? [] : asked.split(',').slice(0, 200);
  const values = useQuery({
    ...trpc.quality.values.queryOptions({ trace_ids }),
    enabled: trace_ids.length > 0,
    placeholderData: keepPreviousData,
  });
  useTick(['reviews', 'jobs'], () => void queries.invalidateQueries(trpc.quality.values.pathFilter()));
  return useMemo(() => new Map((values.data ?? []).map((value) => [value.trace_id, value])), [values.data]);
}
