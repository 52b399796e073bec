import { useMemo, useSyncExternalStore } from 'react';

type Params = Record<string, string | null | undefined>;

function currentSearch(): string {
  const at = location.hash.indexOf('?');
  return at < 0 ? '' : location.hash.slice(at + 1);
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

function withParams(path: string, params: URLSearchParams): string {
  const search = params.toString();
  return search === '' ? path : `${path}?${search}`;
}

/** The parameters behind the `?` of the hash, e.g. `step` in `#/traces/ID?step=…`. */
export function useHashParams(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, currentSearch);
  return useMemo(() => new URLSearchParams(search), [search]);
}

/** Address inside the studio; parameters without a value are left out. */
export function hrefTo(path: string, params: Params = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) search.set(name, value);
  return `#${withParams(path, search)}`;
}

/** Goes to an address made by `hrefTo`, with an entry in the history. */
export function go(href: string): void {
  location.hash = href;
}

/** Changes parameters of the current address in place: no history entry, so that Back leaves the page. */
export function replaceHashParams(patch: Params): void {
  const path = location.hash.split('?', 1)[0] || '#/';
  const search = new URLSearchParams(currentSearch());
  for (const [name, value] of Object.entries(patch)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const next = withParams(path, search);
  if (next === location.hash) return;
  history.replaceState(history.state, '', next);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
