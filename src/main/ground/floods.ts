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
  const events = new Map<string, { event: Event; more: number }>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function count(): void {
    for (const [key, entry] of events) {
      if (entry.more === 0) events.delete(key);
      else tell(entry.event, entry.more);
      entry.more = 0;
    }
    if (events.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    note(event) {
      if (closed) return;
      const key = keyOf(event);
      const entry = events.get(key);
      if (entry !== undefined) {
        entry.more += 1;
        return;
      }
      events.set(key, { event, more: 0 });
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

/** Refusals that an address may be told at once before it is slowed, and how long each further one waits, in ms. */
const free = 20;
const stepMs = 100;
/** The longest wait in ms. */
const mostMs = 3000;
/** Addresses that are remembered; the one that was heard of longest ago is forgotten. */
const addresses = 1000;

export interface WrongTokens {
  /** Resolves when the refusal may be told. Right tokens from the same address never come here. */
  slow(address: string | undefined): Promise<void>;
}

/**
 * Slows whoever tries tokens: the refusals of one address are told one after the other.
 *
 * @param refused hears of each before it is told
 */
export function createWrongTokens(
  refused: () => Promise<void>,
  now: () => number = () => performance.now(),
): WrongTokens {
  /** When the address is through with what it tried. */
  const until = new Map<string, number>();
  return {
    async slow(address = '') {
      const next = Math.max(until.get(address) ?? 0, now()) + stepMs;
      until.delete(address);
      until.set(address, next);
      if (until.size > addresses) until.delete(until.keys().next().value as string);
      await refused();
      const wait = Math.min(mostMs, next - now() - free * stepMs);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait).unref());
    },
  };
}
