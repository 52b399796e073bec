import { useCallback, useEffect, useRef } from 'react';

/** Does what is asked at once; while a pointer is down, when its click is over: what appears under it would make it miss. */
export function useAfterPress(): (act: () => void) => void {
  const waiting = useRef<(() => void)[] | null>(null);
  useEffect(() => {
    const pressed = () => {
      waiting.current ??= [];
    };
    // The click comes of the same event.
    const released = () =>
      setTimeout(() => {
        const acts = waiting.current ?? [];
        waiting.current = null;
        for (const act of acts) act();
      });
    const ends = ['pointerup', 'pointercancel', 'dragend'] as const;
    window.addEventListener('pointerdown', pressed, true);
    for (const end of ends) window.addEventListener(end, released, true);
    return () => {
      window.removeEventListener('pointerdown', pressed, true);
      for (const end of ends) window.removeEventListener(end, released, true);
    };
  }, []);
  return useCallback((act) => {
    if (waiting.current === null) act();
    else waiting.current.push(act);
  }, []);
}
