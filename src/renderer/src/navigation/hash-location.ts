import { useSyncExternalStore } from 'react';

/** The route is the fragment up to its `?`: REST owns the paths, and what stands in a fragment never reaches a server. */
function currentPath(): string {
  const path = location.hash.replace(/^#/, '').split('?', 1)[0] ?? '';
  return path.startsWith('/') ? path : `/${path}`;
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

function navigate(to: string, options: { replace?: boolean } = {}): void {
  const next = `#${to}`;
  if (options.replace) history.replaceState(null, '', next);
  else history.pushState(null, '', next);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Location hook for wouter's Router. Unlike wouter's own, parameters stay behind the fragment's `?`. */
export function useHashLocation(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, currentPath), navigate];
}
useHashLocation.hrefs = (href: string) => `#${href}`;
