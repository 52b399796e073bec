/** Calls that a host answers at the same time: it begins with a few, and how many it can take is learned from what it says. */
const first = 4;
const most = 32;

export interface Lane {
  limit: number;
  active: number;
  /** Waits for its turn; rejects when the signal is aborted. */
  enter(signal: AbortSignal): Promise<void>;
  /** `unsent`: it says nothing of the host. */
  leave(outcome: 'ok' | 'limited' | 'failing' | 'unsent'): void;
  /** Nothing more is begun before so many milliseconds have passed. */
  pause(ms: number): void;
}

/**
 * How much is asked of a host at once (AIMD): a success adds a share of one, 429 halves it at once, and where the server fails it
 * does not grow before it has answered as many as it was let. @param now milliseconds
 */
export function createLane(now: () => number = () => performance.now()): Lane {
  let limit = first;
  let active = 0;
  let successesFirst = 0;
  let pausedUntil = 0;
  /** Calls that were begun before the last cut say nothing of what holds since: this one, and so many more. */
  let before = 0;
  let timer: NodeJS.Timeout | undefined;
  const waiting: { go(): void }[] = [];

  function next(): void {
    clearTimeout(timer);
    const wait = pausedUntil - now();
    if (wait > 0) {
      if (waiting.length > 0) timer = setTimeout(next, wait);
      return;
    }
    while (active < Math.floor(limit) && waiting.length > 0) {
      active += 1;
      waiting.shift()?.go();
    }
  }

  return {
    get limit() {
      return Math.floor(limit);
    },
    get active() {
      return active;
    },
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const place = {
          go() {
            signal.removeEventListener('abort', give);
            resolve();
          },
        };
        const give = () => {
          waiting.splice(waiting.indexOf(place), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', give, { once: true });
        waiting.push(place);
        next();
      }),
    leave(outcome) {
      active -= 1;
      before -= 1;
      if (outcome === 'ok') {
        if (successesFirst > 0) successesFirst -= 1;
        else limit = Math.min(most, limit + 1 / limit);
      } else if (outcome === 'failing') successesFirst = Math.ceil(limit);
      else if (outcome === 'limited' && before <= 0) {
        limit = Math.max(1, limit / 2);
        before = active + 1;
        successesFirst = Math.ceil(limit);
      }
      next();
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, now() + ms);
      next();
    },
  };
}
