/**
 * Keys of sessions, under which calls are stored: `session:<id>[/agent:<id>]`, behind `run:<name> ` within a named run, or
 * that label alone where the client names no session.
 */

/** Run label of a stored key, '' without one. */
export function runOf(key: string | null): string {
  return key?.startsWith('run:') ? (key.split(' session:', 1)[0] as string) : '';
}

/**
 * What of a stored key names the session that the client means, without the run that it came through; null where it names
 * none. A session goes on in another run, and its file is read outside of any.
 */
export function sessionOf(key: string | null): string | null {
  if (key === null) return null;
  if (/^(?:sent )?session:/.test(key)) return key;
  const start = key.startsWith('run:') ? key.indexOf(' session:') : -1;
  return start < 0 ? null : key.slice(start + 1);
}

/** What calls of this key are looked up by. */
export function sessionLookup(key: string): string {
  return sessionOf(key) ?? key;
}
