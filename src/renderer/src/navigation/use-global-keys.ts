import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { isTyping } from '../components/use-table-keys.js';
import type { Page } from './page.js';

/** `?` for help, `g` then a page's key to go there. The second key counts within 1.5 s. */
export function useGlobalKeys(pages: readonly Page[], onHelp: () => void): void {
  const [, navigate] = useLocation();
  const latest = useRef({ pages, onHelp, navigate });
  latest.current = { pages, onHelp, navigate };
  useEffect(() => {
    let armedUntil = 0;
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[aria-modal="true"]')) return;
      const { pages: all, onHelp: help, navigate: go } = latest.current;
      const item = event.timeStamp < armedUntil ? all.find((candidate) => candidate.key === event.key) : undefined;
      armedUntil = event.key === 'g' && !item ? event.timeStamp + 1500 : 0;
      if (item) go(item.path);
      else if (event.key === '?') help();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    // Capture: a page's own single keys must not fire for the second key of `g x`.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}
