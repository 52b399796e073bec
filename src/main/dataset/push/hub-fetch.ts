import { setTimeout as wait } from 'node:timers/promises';

/** What passes: the Hub is busy, or something on the way failed. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);
const attempts = 5;
/** Before the second attempt, in milliseconds; doubled for each further one. */
const firstPause = 300;
/** The longest that is waited when the Hub asks for it, in milliseconds. */
const longestPause = 60_000;

/** What the Hub's client says of a request beside it. */
interface Hint {
  progressHint?: { path?: string };
}

/**
 * `fetch` for the Hub's client: what fails in passing is tried again, after the pause that the Hub asks for; every request ends with
 * the signal. Bodies must be such as can be sent twice (no streams).
 * @param sent told of each body that arrived as a file or a part of one
 */
export function hubFetch(
  signal: AbortSignal,
  sent: (path: string, bytes: number) => void,
  onRetry: (why: string) => void,
): typeof fetch {
  return async (input, init) => {
    const { progressHint } = (init ?? {}) as Hint;
    const signals = init?.signal ? [signal, init.signal] : [signal];
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      let pause = firstPause * 2 ** (attempt - 1);
      try {
        const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
        if (!passing.has(response.status) || attempt >= attempts) {
          if (response.ok && init?.body instanceof Blob && progressHint?.path !== undefined)
            sent(progressHint.path, init.body.size);
          return response;
        }
        pause = askedPause(response.headers.get('retry-after')) ?? pause;
        onRetry(`the Hub answered ${response.status}`);
        // A connection is free again once its answer was read.
        await response.arrayBuffer().catch(() => undefined);
      } catch (error) {
        if (signal.aborted || init?.signal?.aborted || attempt >= attempts || !isFailedFetch(error)) throw error;
        onRetry('the connection broke');
      }
      await wait(pause, undefined, { signal: AbortSignal.any(signals) });
    }
  };
}

/** `Retry-After` in milliseconds: seconds, or a date; null where it says neither. */
function askedPause(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(longestPause, Math.max(0, ms)) : null;
}

/** What `fetch` throws where no answer came; a file that cannot be read is no such thing. */
function isFailedFetch(error: unknown): boolean {
  const cause = error instanceof TypeError ? (error.cause as { name?: string } | undefined) : undefined;
  return error instanceof TypeError && error.message === 'fetch failed' && cause?.name !== 'NotReadableError';
}
