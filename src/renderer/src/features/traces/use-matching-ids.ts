import { useQuery } from '@tanstack/react-query';
import { mostTraceIds } from '../../../../shared/model/index.js';
import { client } from '../../rpc/client.js';

/** The traces that a query finds when it is asked, newest first, at most 10,000; asked for only while `wanted`. */
export function useMatchingIds(query: string, wanted: boolean) {
  return useQuery({
    queryKey: ['matching-ids', query],
    enabled: wanted,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const ids: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await listed(query, cursor, signal);
        ids.push(...page.ids);
        if (page.next_cursor === null || ids.length >= mostTraceIds) return ids.slice(0, mostTraceIds);
        cursor = page.next_cursor;
      }
    },
  });
}

async function listed(query: string, cursor: string | null, signal: AbortSignal) {
  const { items, next_cursor } = await client.traces.list.query({ query, limit: 200, cursor }, { signal });
  return { ids: items.map(({ trace_id }) => trace_id), next_cursor };
}
