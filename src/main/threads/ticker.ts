import type { Tick } from '../../shared/model/index.js';

const everyMs = 100;

/** Merges what changed into at most ten ticks a second. */
export function createTicker() {
  const listeners = new Set<(tick: Tick) => void>();
  const topics = new Set<Tick['topics'][number]>();
  let seq = 0;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    seq += 1;
    const tick: Tick = { seq, topics: [...topics] };
    topics.clear();
    for (const listener of listeners) listener(tick);
  }

  return {
    tick(changed: readonly Tick['topics'][number][]): void {
      for (const topic of changed) topics.add(topic);
      if (listeners.size === 0) topics.clear();
      else timer ??= setTimeout(flush, everyMs);
    },
    listen(listener: (tick: Tick) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop(): void {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
