import { useEffect, useMemo, useRef, useState } from 'react';
import { parseQuery, type QueryScope, textsOf } from '../../../shared/query/index.js';

/** A scroll through many rows asks once it comes to rest. */
const pauseMs = 60;
const mostAtOnce = 100;
const none: ReadonlyMap<string, null> = new Map();

export function looksForText(query: string, scope: QueryScope): boolean {
  try {
    return textsOf(parseQuery(query, scope)).length > 0;
  } catch {
    return false;
  }
}

/** How a list is asked where its rows have the words of a query; the same for as long as the page stands. */
export interface HitSource<H> {
  scope: QueryScope;
  ask(query: string, ids: string[]): Promise<H[]>;
  idOf(hit: H): string;
}

/** Where the rows in sight have the words of the query; asked once for each row, and anew for another query. */
export function useHits<H>(
  source: HitSource<H>,
  query: string,
  inSight: readonly string[],
): ReadonlyMap<string, H | null> {
  const wanted = useMemo(() => looksForText(query, source.scope), [query, source]);
  const [found, setFound] = useState<{ query: string; hits: ReadonlyMap<string, H | null> }>({ query, hits: none });
  const asked = useRef({ query, ids: new Set<string>() });
  if (asked.current.query !== query) asked.current = { query, ids: new Set() };
  const key = wanted ? inSight.filter((id) => !asked.current.ids.has(id)).join() : '';
  useEffect(() => {
    if (key === '') return;
    const timer = setTimeout(() => {
      const { ids: askedIds } = asked.current;
      const ids = key.split(',').slice(0, mostAtOnce);
      for (const id of ids) askedIds.add(id);
      source.ask(query, ids).then(
        (hits) =>
          setFound((before) => {
            const byId = new Map(hits.map((hit) => [source.idOf(hit), hit]));
            const kept = before.query === query ? before.hits : none;
            return { query, hits: new Map([...kept, ...ids.map((id) => [id, byId.get(id) ?? null] as const)]) };
          }),
        // The rows say what they are without it; the next look asks again.
        () => {
          for (const id of ids) askedIds.delete(id);
        },
      );
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [source, query, key]);
  return found.query === query ? found.hits : none;
}
