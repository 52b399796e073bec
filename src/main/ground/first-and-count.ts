/** Between two counts of what happened again. */
const everyMs = 10_000;

export interface FirstAndCount<Event> {
  note(event: Event): void;
  /** Tells what was not told yet, and nothing any more. */
  close(): void;
}

/**
 * For what others can make happen as often as they like: the first of its kind is told at once, those behind it as one
 * count at the end of each period.
 * @param keyOf kinds must be few, whatever is sent: each takes a line a period
 */
export function firstAndCount<Event>(
  keyOf: (event: Event) => string,
  tell: (event: Event, count: number) => void,
  periodMs = everyMs,
): FirstAndCount<Event> {
  const known = new Map<string, { event: Event; more: number }>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function count(): void {
    for (const [key, entry] of known) {
      if (entry.more === 0) known.delete(key);
      else tell(entry.event, entry.more);
      entry.more = 0;
    }
    if (known.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    note(event) {
      if (closed) return;
      const key = keyOf(event);
      const entry = known.get(key);
      if (entry !== undefined) {
        entry.more += 1;
        return;
      }
      known.set(key, { event, more: 0 });
      timer ??= setInterval(count, periodMs).unref();
      tell(event, 1);
    },
    close() {
      closed = true;
      clearInterval(timer);
      count();
    },
  };
}
