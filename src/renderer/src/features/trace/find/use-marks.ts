import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { MarkWish } from './use-find.js';

/** So many frames an item may take to be drawn once it is asked for. */
const patienceFrames = 90;

const marksIn = (scroller: HTMLElement | null, key: string | undefined) =>
  key === undefined
    ? []
    : [...(scroller?.querySelectorAll<HTMLElement>(`[data-item="${CSS.escape(key)}"] mark[data-found]`) ?? [])];

function makeCurrent(scroller: HTMLElement, mark: HTMLElement | undefined): void {
  for (const old of scroller.querySelectorAll('mark[data-current]')) old.removeAttribute('data-current');
  mark?.setAttribute('data-current', '');
  mark?.scrollIntoView({ block: 'center' });
}

/**
 * The marks of what was found in the item with this key: the wished one comes into view once it is drawn. `there`: whether the
 * wish is about this item.
 */
export function useMarks(
  scroller: RefObject<HTMLElement | null>,
  key: string | undefined,
  wish: MarkWish | null,
  there: boolean,
) {
  /** How far one went on from the wished mark before it was drawn; null when it is. */
  const ahead = useRef<number | null>(null);
  useLayoutEffect(() => {
    ahead.current = wish === null ? null : 0;
  }, [wish]);
  useEffect(() => {
    if (wish === null || key === undefined || !there) return;
    let frame = 0;
    let left = patienceFrames;
    const look = () => {
      const marks = marksIn(scroller.current, key);
      const wished = (wish.which === 'first' ? 0 : marks.length - 1) + (ahead.current ?? 0);
      const mark = marks[Math.min(Math.max(wished, 0), marks.length - 1)];
      if (scroller.current && mark) makeCurrent(scroller.current, mark);
      else if (left-- > 0) {
        frame = requestAnimationFrame(look);
        return;
      }
      ahead.current = null;
    };
    // Behind the scrolling to the item, which is drawn in steps.
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [scroller, key, wish, there]);

  /** Goes on to the mark after or before the current one; false where there is none in this item. */
  return useCallback(
    (by: 1 | -1): boolean => {
      if (ahead.current !== null) {
        ahead.current += by;
        return true;
      }
      const marks = marksIn(scroller.current, key);
      const at = marks.findIndex((mark) => mark.hasAttribute('data-current'));
      const next = at < 0 ? undefined : marks[at + by];
      if (!scroller.current || !next) return false;
      makeCurrent(scroller.current, next);
      return true;
    },
    [scroller, key],
  );
}
