/** Equal requests at the same time are one: who comes later waits for the first, and it goes on for as long as anybody waits. */
export function sharedCalls<T>() {
  const open = new Map<string, { result: Promise<T>; waiters: number; control: AbortController }>();
  /** `first`: whether this one began it. */
  return async (
    key: string,
    signal: AbortSignal,
    begin: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ result: T; first: boolean }> => {
    signal.throwIfAborted();
    let call = open.get(key);
    const first = call === undefined;
    if (call === undefined) {
      const control = new AbortController();
      const result = begin(control.signal).finally(() => open.delete(key));
      // Nobody may be left to hear of it.
      result.catch(() => undefined);
      call = { result, waiters: 0, control };
      open.set(key, call);
    }
    const own = call;
    own.waiters += 1;
    const aborted = Promise.withResolvers<never>();
    const give = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    try {
      return { result: await Promise.race([own.result, aborted.promise]), first };
    } finally {
      signal.removeEventListener('abort', give);
      own.waiters -= 1;
      if (own.waiters === 0) {
        own.control.abort(signal.reason);
        if (open.get(key) === own) open.delete(key);
      }
    }
  };
}
