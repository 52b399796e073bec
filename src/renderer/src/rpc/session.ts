const storageKey = 'sluice.token';

/**
 * Takes the token out of `#token=…` at first load and out of the address bar with it: it would otherwise stay in the
 * history and in every copied link. It lives in this tab's session storage only. `&to=` behind it names the route.
 * Answers whether there was one.
 */
export function takeToken(): boolean {
  const match = /^#token=([^&]+)(?:&to=(.*))?$/.exec(location.hash);
  if (!match?.[1]) return false;
  setToken(decodeURIComponent(match[1]));
  history.replaceState(null, '', `${location.pathname}#${match[2] ? decodeURIComponent(match[2]) : '/'}`);
  return true;
}

export function getToken(): string | null {
  return sessionStorage.getItem(storageKey);
}

export function setToken(token: string): void {
  sessionStorage.setItem(storageKey, token);
}

export function clearToken(): void {
  sessionStorage.removeItem(storageKey);
}
