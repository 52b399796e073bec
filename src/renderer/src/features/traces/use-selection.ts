import { useCallback, useMemo, useRef } from 'react';
import { mostTraceIds, type TraceSummary } from '../../../../shared/model/index.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { fromLink, nothingSelected, type Selected, toLink } from './selection-link.js';

/**
 * What is selected, which stands in the address: a reload and the way back keep it. What is picked stays so when it leaves the
 * list or is not read yet.
 */
export function useSelection(traces: TraceSummary[]) {
  const link = useHashParams().get('sel');
  const chosen = useMemo(() => fromLink(link), [link]);
  const anchor = useRef<number | null>(null);
  const set = useCallback((next: Selected) => replaceHashParams({ sel: toLink(next) }), []);
  const matching = chosen.kind === 'matching' ? chosen : null;
  const ids = chosen.kind === 'rows' ? chosen.ids : nothing;
  const pick = useCallback(
    (next: Iterable<string>) => set({ kind: 'rows', ids: new Set([...new Set(next)].slice(0, mostTraceIds)) }),
    [set],
  );
  /** Those of them whose rows are read. */
  const shown = useMemo(() => traces.filter((trace) => ids.has(trace.trace_id)), [traces, ids]);

  const toggle = useCallback(
    (index: number) => {
      const id = traces[index]?.trace_id;
      if (!id) return;
      anchor.current = index;
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      pick(next);
    },
    [traces, ids, pick],
  );

  /** From the row toggled last to this one. */
  const extendTo = useCallback(
    (index: number) => {
      const from = anchor.current ?? index;
      const range = traces.slice(Math.min(from, index), Math.max(from, index) + 1);
      pick([...ids, ...range.map((trace) => trace.trace_id)]);
    },
    [traces, ids, pick],
  );
  const all = useCallback(() => pick(traces.map(({ trace_id }) => trace_id)), [traces, pick]);
  const allMatching = useCallback(() => set({ kind: 'matching', until: new Date().toISOString() }), [set]);
  const clear = useCallback(() => {
    anchor.current = null;
    set(nothingSelected);
  }, [set]);
  /** These are gone. */
  const drop = useCallback(
    (gone: ReadonlySet<string>) => matching === null && pick([...ids].filter((id) => !gone.has(id))),
    [matching, ids, pick],
  );
  const isSelected = useCallback((id: string) => matching !== null || ids.has(id), [matching, ids]);
  return { ids, shown, matching, isSelected, toggle, extendTo, all, allMatching, clear, drop };
}

const nothing: ReadonlySet<string> = new Set();
