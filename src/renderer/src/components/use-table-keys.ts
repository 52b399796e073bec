import type { RefObject } from 'react';
import { keysOf } from '../navigation/shortcuts.js';
import { useKeydown } from './use-keydown.js';

interface Options {
  scroller: RefObject<HTMLDivElement | null>;
  count: number;
  pageSize: () => number;
  /** Index of the active row, -1 for none. */
  current: () => number;
  move: (index: number) => void;
  open: (index: number) => void;
}

/** Keys of a grid. j and k also work while nothing else has the focus, so that a page can be read without a mouse. */
export function useTableKeys({ scroller, count, pageSize, current, move, open }: Options): void {
  useKeydown((key, event) => {
    const element = scroller.current;
    if (!element) return false;
    const inside = event.target === element;
    const nowhere = event.target === document.body && element.offsetParent !== null;
    const [down, up] = [keysOf('list.next'), keysOf('list.previous')];
    const isLetter = key.length === 1 && (down.includes(key) || up.includes(key));
    if (!inside && !(isLetter && (nowhere || !element.contains(document.activeElement)))) return false;
    const at = current();
    if (key === 'Enter') {
      if (at >= 0) open(at);
      return true;
    }
    const targets: Record<string, number> = {
      ...Object.fromEntries(down.map((each) => [each, at + 1])),
      ...Object.fromEntries(up.map((each) => [each, at - 1])),
      PageDown: at + pageSize(),
      PageUp: at - pageSize(),
      Home: 0,
      End: count - 1,
    };
    const next = targets[key];
    if (next === undefined) return false;
    if (!inside) element.focus({ preventScroll: true });
    move(Math.max(0, Math.min(count - 1, next)));
    return true;
  });
}
