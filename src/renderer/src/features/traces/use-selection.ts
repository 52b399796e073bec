import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { TraceSummary } from '../../../../shared/model/index.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import type { Pages } from '../../rpc/use-pages.js';
import { fromLink, nothingSelected, type Selected, toLink } from './selection-link.js';

/** How many pages of the list are read for picked rows that are not among the first. */
const pagesSearched = 20;

/**
 * What is selected, which stands in the address: a reload and the way back keep it. Rows that have left the list are no longer
 * picked.
 */
export function useSelection(list: Pick<Pages<TraceSummary>, 'items' | 'read' | 'hasMore' | 'loadMore'>) {
  const { items: traces, read, hasMore, loadMore } = list;
  const link = useHashParams().get('sel');
  const chosen = useMemo(() => fromLink(link), [link]);
  const anchor = useRef<number | null>(null);
  const set = useCallback((next: Selected) => replaceHashParams({ sel: toLink(next) }), []);
  const matching = chosen.kind === 'matching' ? chosen : null;
  const ids = chosen.kind === 'rows' ? chosen.ids : nothing;
  const selected = useMemo(() => traces.filter((trace) => ids.has(trace.trace_id)), [traces, ids]);

  // What the address brought; what is picked here is there already.
  const brought = useRef(ids);
  useEffect(() => {
    if (brought.current !== ids) return;
    if (selected.length < ids.size && hasMore && read < pagesSearched) loadMore();
  }, [selected.length, ids, hasMore, read, loadMore]);

  const toggle = useCallback(
    (index: number) => {
      const id = traces[index]?.trace_id;
      if (!id) return;
      anchor.current = index;
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      set({ kind: 'rows', ids: next });
    },
    [traces, ids, set],
  );

  /** From the row toggled last to this one. */
  const extendTo = useCallback(
    (index: number) => {
      const from = anchor.current ?? index;
      const range = traces.slice(Math.min(from, index), Math.max(from, index) + 1);
      set({ kind: 'rows', ids: new Set([...ids, ...range.map((trace) => trace.trace_id)]) });
    },
    [traces, ids, set],
  );
  const all = useCallback(
    () => set({ kind: 'rows', ids: new Set(traces.map(({ trace_id }) => trace_id)) }),
    [traces, set],
  );
  const allMatching = useCallback(() => set({ kind: 'matching', until: new Date().toISOString() }), [set]);
  const clear = useCallback(() => {
    anchor.current = null;
    set(nothingSelected);
  }, [set]);
  const isSelected = useCallback((id: string) => matching !== null || ids.has(id), [matching, ids]);
  return { selected, matching, isSelected, toggle, extendTo, all, allMatching, clear };
}

const nothing: ReadonlySet<string> = new Set();
