import { setImmediate as breathe } from 'node:timers/promises';

/** The longest stretch of work between two looks at the event loop, in milliseconds. */
const stretch = 10;

const goOn = Promise.resolve();

/** To be awaited often: gives way now and then to what else the thread does. Throws the signal's reason once it is aborted. */
export function pauses(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  const pause = async () => {
    await breathe();
    since = performance.now();
    // Read again after every pause: the cancelling came in meanwhile.
    signal.throwIfAborted();
  };
  return () => {
    if (performance.now() - since >= stretch) return pause();
    return signal.aborted ? Promise.reject(signal.reason as Error) : goOn;
  };
}
