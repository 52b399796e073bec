import { useCallback, useMemo, useRef, useState } from 'react';
import type { TraceSummary } from '../../../../shared/model/index.js';

// Where the user stood in each list, so that coming back from a trace finds the same place.
const places = new Map<string, { id: string; scroll: number }>();

export function rememberScroll(query: string, scroll: number): void {
  const place = places.get(query);
  if (place) place.scroll = scroll;
  else places.set(query, { id: '', scroll });
}

export function rememberedScroll(query: string): number {
  return places.get(query)?.scroll ?? 0;
}

/** Called by the trace page when the user walks on to another trace of the list. */
export function rememberTrace(query: string, id: string): void {
  places.set(query, { id, scroll: places.get(query)?.scroll ?? 0 });
}

/** The active row, by id: it stays with its trace when rows come and go around it, else takes the row now in its place. */
export function useCursor(query: string, traces: TraceSummary[]) {
  const [activeId, setActiveId] = useState(() => places.get(query)?.id ?? '');
  const lastIndex = useRef(0);
  const index = useMemo(() => {
    const at = traces.findIndex((trace) => trace.trace_id === activeId);
    if (at >= 0) lastIndex.current = at;
    return at >= 0 ? at : Math.min(lastIndex.current, traces.length - 1);
  }, [traces, activeId]);

  const setIndex = useCallback(
    (at: number) => {
      const trace = traces[Math.max(0, Math.min(at, traces.length - 1))];
      if (!trace) return;
      setActiveId(trace.trace_id);
      rememberTrace(query, trace.trace_id);
    },
    [traces, query],
  );
  return { index, active: traces[index], setIndex };
}
