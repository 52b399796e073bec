const storageKey = 'sluice.token';

/**
 * Takes `#token=…` or `#code=…` out of the address bar at first load: it would otherwise stay in the history and in every
 * copied link. A code is exchanged for the token it stands for. The token lives in this tab's session storage only.
 * `&to=` behind it names the route. Answers whether there was one.
 */
export async function takeToken(): Promise<boolean> {
  const match = /^#(token|code)=([^&]+)(?:&to=(.*))?$/.exec(location.hash);
  if (!match?.[2]) return false;
  const secret = decodeURIComponent(match[2]);
  history.replaceState(null, '', `${location.pathname}#${match[3] ? decodeURIComponent(match[3]) : '/'}`);
  const token = match[1] === 'token' ? secret : await tokenFor(secret);
  if (token !== null) setToken(token);
  return true;
}

/** Null where the code is worth nothing any more: the studio then asks for the token. */
async function tokenFor(code: string): Promise<string | null> {
  try {
    const answer = await fetch('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    return answer.ok ? ((await answer.json()) as { token: string }).token : null;
  } catch {
    return null;
  }
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
