import { useMemo } from 'react';
import type { Exchange } from '../../../../shared/model/index.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';

/** UTF-16 units per request: the most the engine gives at once. */
const pageChars = 262_144;
const noTopics: never[] = [];
const idOf = ({ offset }: { offset: number }) => String(offset);
export type Side = 'request' | 'response';

/** The redacted text of one body: what came with the exchange first, the rest page by page on demand. */
export function useBody(exchange: Exchange, side: Side) {
  const message = exchange[side];
  const first = message?.body ?? '';
  const total = message?.body_total_chars ?? 0;
  const list = usePages<{ offset: number; text: string }>({
    queryKey: [...trpc.exchanges.body.pathKey(), exchange.exchange_id, side, 'pages'],
    fetchPage: async (cursor, signal) => {
      const offset = cursor === null ? first.length : Number(cursor);
      const page = { exchange_id: exchange.exchange_id, side, offset, limit: pageChars };
      const { text } = await client.exchanges.body.query(page, { signal });
      const end = offset + text.length;
      return { items: [{ offset, text }], next_cursor: text !== '' && end < total ? String(end) : null };
    },
    idOf,
    topics: noTopics,
    enabled: false,
  });
  const text = useMemo(() => first + list.items.map((piece) => piece.text).join(''), [first, list.items]);
  const { loadingMore, error, loadMore } = list;
  return { text, total, complete: text.length >= total, loading: loadingMore, error, loadMore };
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
