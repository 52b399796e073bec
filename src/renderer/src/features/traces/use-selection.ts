import { useCallback, useMemo, useRef, useState } from 'react';
import type { TraceSummary } from '../../../../shared/model/index.js';

/** Rows picked for labelling or deleting together. Rows that have left the list are no longer picked. */
export function useSelection(traces: TraceSummary[]) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<number | null>(null);
  const selected = useMemo(() => traces.filter((trace) => picked.has(trace.trace_id)), [traces, picked]);

  const toggle = useCallback(
    (index: number) => {
      const id = traces[index]?.trace_id;
      if (!id) return;
      anchor.current = index;
      setPicked((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      });
    },
    [traces],
  );

  /** From the row toggled last to this one. */
  const extendTo = useCallback(
    (index: number) => {
      const from = anchor.current ?? index;
      const range = traces.slice(Math.min(from, index), Math.max(from, index) + 1);
      setPicked((before) => new Set([...before, ...range.map((trace) => trace.trace_id)]));
    },
    [traces],
  );
  const all = useCallback(() => setPicked(new Set(traces.map((trace) => trace.trace_id))), [traces]);
  const clear = useCallback(() => {
    anchor.current = null;
    setPicked(new Set());
  }, []);
  const isSelected = useCallback((id: string) => picked.has(id), [picked]);
  return { selected, isSelected, toggle, extendTo, all, clear };
}
