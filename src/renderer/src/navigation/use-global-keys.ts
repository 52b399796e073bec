import { useRef } from 'react';
import { useLocation } from 'wouter';
import { useKeydown } from '../components/use-keydown.js';
import type { Page } from './page.js';
import { keysOf } from './shortcuts.js';

/** `?` for help, `g` then a page's key to go there. The second key counts within 1.5 s. */
export function useGlobalKeys(pages: readonly Page[], onHelp: () => void): void {
  const [, navigate] = useLocation();
  const armedUntil = useRef(0);
  // Capture: a page's own single keys must not fire for the second key of `g x`.
  useKeydown(
    (key, event) => {
      const page = event.timeStamp < armedUntil.current ? pages.find((candidate) => candidate.key === key) : undefined;
      armedUntil.current = key === 'g' && !page ? event.timeStamp + 1500 : 0;
      if (page) navigate(page.path);
      else if (keysOf('help.open').includes(key)) onHelp();
      else return false;
      return true;
    },
    { capture: true },
  );
}
