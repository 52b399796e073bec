import { useLayoutEffect, useRef } from 'react';
import { useKeydown } from './use-keydown.js';

/** What Escape leaves on a page, from the top down: a panel beside a list, what was picked or the page itself, its query. */
const order = ['panel', 'page', 'query'] as const;
type Layer = (typeof order)[number];

interface Entry {
  layer: Layer;
  leave: { current: (() => void) | null };
}
const entries = new Set<Entry>();

/** True where nothing that is there lies above it. */
function isTop(entry: Entry): boolean {
  const rank = order.indexOf(entry.layer);
  return ![...entries].some(({ layer, leave }) => leave.current !== null && order.indexOf(layer) < rank);
}

/** Escape closes this where it is the uppermost layer of the page; null while there is nothing to close. */
export function useEscape(layer: Layer, leave: (() => void) | null): void {
  const latest = useRef(leave);
  latest.current = leave;
  const entry = useRef<Entry>({ layer, leave: latest });
  useLayoutEffect(() => {
    const mine = entry.current;
    entries.add(mine);
    return () => {
      entries.delete(mine);
    };
  }, []);
  useKeydown((key) => {
    if (key !== 'Escape' || latest.current === null || !isTop(entry.current)) return false;
    latest.current();
    return true;
  });
}
