import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Page, Review, TraceSummary } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';

type ListData = InfiniteData<Page<TraceSummary>>;

export const emptyReview = (trace_id: string): Review => ({
  trace_id,
  label: null,
  rating: null,
  tags: [],
  note: '',
  updated_at: null,
});

/** Writes a review into everything on screen that shows this trace. */
export function showReview(client: QueryClient, traceId: string, change: (before: Review) => Review): void {
  const patched = (trace: TraceSummary): TraceSummary =>
    trace.trace_id === traceId ? { ...trace, review: change(trace.review ?? emptyReview(traceId)) } : trace;
  client.setQueriesData<ListData>(trpc.traces.list.pathFilter(), (data) =>
    data && 'pages' in data
      ? { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(patched) })) }
      : data,
  );
  client.setQueriesData<TraceSummary>(trpc.traces.get.queryFilter({ trace_id: traceId }), (data) =>
    data ? patched(data) : data,
  );
  client.setQueriesData<TraceSummary[]>(trpc.traces.children.pathFilter(), (data) => data?.map(patched));
}

function shownTrace(client: QueryClient, traceId: string): TraceSummary | undefined {
  const one = client.getQueryData<TraceSummary>(trpc.traces.get.queryKey({ trace_id: traceId }));
  if (one) return one;
  for (const [, data] of client.getQueriesData<ListData>(trpc.traces.list.pathFilter())) {
    for (const page of data?.pages ?? []) {
      const trace = page.items.find((item) => item.trace_id === traceId);
      if (trace) return trace;
    }
  }
  return undefined;
}

export function shownReview(client: QueryClient, traceId: string): Review {
  return shownTrace(client, traceId)?.review ?? emptyReview(traceId);
}

export function shownTitle(client: QueryClient, traceId: string): string {
  return shownTrace(client, traceId)?.title ?? '';
}
