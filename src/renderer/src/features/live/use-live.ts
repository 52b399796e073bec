import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { ExchangeSummary } from '../../../../shared/model/index.js';
import { parseQuery, type Query } from '../../../../shared/query/index.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import { mergeRows } from './live-row.js';
import { matchFlight } from './match-flight.js';

const pageSize = 100;
const idOf = (exchange: ExchangeSummary) => exchange.exchange_id;

function parsed(query: string): Query | 'invalid' {
  try {
    return parseQuery(query, 'exchanges');
  } catch {
    // The bar marks the word; the engine's answer fills the list's place.
    return 'invalid';
  }
}

interface Options {
  query: string;
  paused: boolean;
  /** ISO time; what began before it is hidden. */
  clearedAt: string | null;
}

/** Rows of the live view: what is in flight, then what is stored, newest first. */
export function useLive({ query, paused, clearedAt }: Options) {
  const stored = usePages<ExchangeSummary>({
    queryKey: trpc.exchanges.list.infiniteQueryKey({ query, limit: pageSize }),
    fetchPage: (cursor, signal) => client.exchanges.list.query({ query, limit: pageSize, cursor }, { signal }),
    idOf,
    topics: ['exchanges'],
    paused,
  });
  const inFlight = useQuery(
    trpc.live.inFlight.queryOptions(undefined, {
      enabled: !paused,
      // Bytes grow without a tick; asked for only while something is under way.
      refetchInterval: ({ state }) => ((state.data?.length ?? 0) > 0 ? 500 : false),
    }),
  );

  // One that began long ago comes in far below the head that a tick pulls: then the list is read anew.
  const flying = useRef(new Set<string>());
  const { items, reload } = stored;
  useEffect(() => {
    const now = new Set((inFlight.data ?? []).map((flight) => flight.exchange_id));
    const oldest = items.slice(0, pageSize).at(-1)?.exchange_id ?? '';
    const landedLow = [...flying.current].some((id) => !now.has(id) && id < oldest);
    flying.current = now;
    if (landedLow && !paused) reload();
  }, [inFlight.data, items, reload, paused]);

  const rows = useMemo(() => {
    const tree = parsed(query);
    const flights =
      tree === 'invalid' ? [] : (inFlight.data ?? []).filter((flight) => matchFlight(tree, flight) === true);
    const merged = mergeRows(flights, items);
    if (clearedAt === null) return merged;
    const since = Date.parse(clearedAt);
    return merged.filter((row) => row.flight !== null || Date.parse(row.startedAt) >= since);
  }, [query, inFlight.data, items, clearedAt]);
  const hidden = clearedAt !== null && rows.filter((row) => row.done).length < items.length;
  return { rows, stored, flights: inFlight.data?.length ?? 0, hasMore: stored.hasMore && !hidden };
}
