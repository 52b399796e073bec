import { type RefObject, useEffect, useRef } from 'react';

interface Options {
  scroller: RefObject<HTMLDivElement | null>;
  count: number;
  pageSize: () => number;
  /** Index of the active row, -1 for none. */
  current: () => number;
  move: (index: number) => void;
  open: (index: number) => void;
}

/** True where a key belongs to what has the focus: fields, menus, dialogs. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="menu"], [role="listbox"]') !== null)
  );
}

/** Keys of a grid. j and k also work while nothing else has the focus, so that a page can be read without a mouse. */
export function useTableKeys(options: Options): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const { scroller, count, pageSize, current, move, open } = latest.current;
      const element = scroller.current;
      if (!element || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const inside = event.target === element;
      const nowhere = event.target === document.body && element.offsetParent !== null;
      if (isTyping(event.target) || document.querySelector('[aria-modal="true"]')) return;
      const at = current();
      const targets: Record<string, () => number> = {
        j: () => at + 1,
        k: () => at - 1,
        ArrowDown: () => at + 1,
        ArrowUp: () => at - 1,
        PageDown: () => at + pageSize(),
        PageUp: () => at - pageSize(),
        Home: () => 0,
        End: () => count - 1,
      };
      const isLetter = event.key === 'j' || event.key === 'k';
      if (!inside && !(isLetter && (nowhere || !element.contains(document.activeElement)))) return;
      if (event.key === 'Enter' && inside) {
        if (at >= 0) open(at);
      } else {
        const next = targets[event.key]?.();
        if (next === undefined) return;
        if (!inside) element.focus({ preventScroll: true });
        move(Math.max(0, Math.min(count - 1, next)));
      }
      event.preventDefault();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
