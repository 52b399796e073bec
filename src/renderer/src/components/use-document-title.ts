import { useEffect } from 'react';

/** Names the window, or the browser's tab, while a part of a page is shown; behind it the page's own name stands again. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = `${title} · Sluice`;
    return () => {
      document.title = before;
    };
  }, [title]);
}
