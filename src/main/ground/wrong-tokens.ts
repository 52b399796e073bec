/** Wrong tokens that an address may send at once before it is slowed, and how long each further one waits, in ms. */
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
