import type { TraceSummary } from '../../../../shared/model/index.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages, type View } from '../../rpc/use-pages.js';

const pageSize = 100;
const none: never[] = [];
const idOf = (trace: TraceSummary) => trace.trace_id;

/**
 * The traces of one query. With a view it stays current, and what is read never moves; without one it is the same list
 * as it was read last: for the count in the title, and for previous / next on a trace.
 */
export function useTraces(query: string, view?: View) {
  return usePages<TraceSummary>({
    queryKey: trpc.traces.list.infiniteQueryKey({ query, limit: pageSize }),
    fetchPage: (cursor, signal) => client.traces.list.query({ query, limit: pageSize, cursor }, { signal }),
    idOf,
    topics: view ? ['traces', 'reviews'] : none,
    ...(view && { view }),
  });
}
