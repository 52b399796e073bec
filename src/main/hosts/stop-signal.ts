/**
 * Takes SIGTERM and SIGINT from now on, so that neither ends the process while something is open. The returned signal is
 * aborted by the first; `again` is called for each behind it.
 */
export function stopSignal(again: () => void = () => process.exit(1)): AbortSignal {
  const asked = new AbortController();
  const onSignal = () => (asked.signal.aborted ? again() : asked.abort());
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return asked.signal;
}

/** Resolves when the end was asked for. */
export function stopAsked(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
