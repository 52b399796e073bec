import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Exchange } from '../../../../shared/model/index.js';
import { client, trpc } from '../../rpc/client.js';

/** UTF-16 units per request: the most the engine gives at once. */
const pageChars = 262_144;
export type Side = 'request' | 'response';

/** The redacted text of one body: what came with the exchange first, the rest page by page on demand. */
export function useBody(exchange: Exchange, side: Side) {
  const message = exchange[side];
  const first = message?.body ?? '';
  const total = message?.body_total_chars ?? 0;
  const query = useInfiniteQuery({
    queryKey: [...trpc.exchanges.body.pathKey(), exchange.exchange_id, side, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      client.exchanges.body.query(
        { exchange_id: exchange.exchange_id, side, offset: pageParam, limit: pageChars },
        { signal },
      ),
    initialPageParam: first.length,
    getNextPageParam: (_page, pages) => {
      const offset = first.length + pages.reduce((sum, page) => sum + page.text.length, 0);
      return offset < total && pages.at(-1)?.text !== '' ? offset : undefined;
    },
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const text = useMemo(() => first + (query.data?.pages.map((page) => page.text).join('') ?? ''), [first, query.data]);
  return {
    text,
    total,
    complete: text.length >= total,
    loading: query.isFetching,
    error: query.error,
    loadMore: () => void (query.data ? query.fetchNextPage() : query.refetch()),
  };
}

/** Every page of a body, for saving it as a file. */
export async function wholeBody(exchangeId: string, side: Side): Promise<string> {
  const parts: string[] = [];
  for (let offset = 0; ; ) {
    const page = await client.exchanges.body.query({ exchange_id: exchangeId, side, offset, limit: pageChars });
    parts.push(page.text);
    offset += page.text.length;
    if (page.text === '' || offset >= page.total_chars) return parts.join('');
  }
}
