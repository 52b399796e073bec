import { useEffect, useMemo, useRef, useState } from 'react';
import type { ListHit, TraceSummary } from '../../../../shared/model/index.js';
import { parseQuery, textsOf } from '../../../../shared/query/index.js';
import { client } from '../../rpc/client.js';

/** A scroll through many rows asks once it comes to rest. */
const pauseMs = 60;
const mostAtOnce = 100;
const none: ReadonlyMap<string, ListHit | null> = new Map();

function looksForText(query: string): boolean {
  try {
    return textsOf(parseQuery(query, 'traces')).length > 0;
  } catch {
    return false;
  }
}

/** Where the rows in sight have the words of the query; asked once for each row. A list of its own per query. */
export function useHits(query: string, inSight: readonly TraceSummary[]): ReadonlyMap<string, ListHit | null> {
  const wanted = useMemo(() => looksForText(query), [query]);
  const [hits, setHits] = useState(none);
  const asked = useRef(new Set<string>());
  const missing = wanted ? inSight.map(({ trace_id }) => trace_id).filter((id) => !asked.current.has(id)) : [];
  const key = missing.join();
  useEffect(() => {
    if (key === '') return;
    const timer = setTimeout(() => {
      const trace_ids = key.split(',').slice(0, mostAtOnce);
      for (const id of trace_ids) asked.current.add(id);
      client.traces.hits.query({ query, trace_ids }).then(
        (found) =>
          setHits((before) => {
            const byId = new Map(found.map((hit) => [hit.trace_id, hit]));
            return new Map([...before, ...trace_ids.map((id) => [id, byId.get(id) ?? null] as const)]);
          }),
        // The rows say what they are without it; the next look asks again.
        () => {
          for (const id of trace_ids) asked.current.delete(id);
        },
      );
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [query, key]);
  return hits;
}
