import { untilAborted } from '../../ground/job-kind.js';

/**
 * Erasures of values, and whoever holds a text of the store while somebody else works on it (a model, say) to write down what comes of
 * it: one waits for the other. What was read before an erasure would bring back what is gone.
 */
export function createHolds() {
  const holders = new Set<Promise<void>>();
  const erasing = new Set<Promise<void>>();
  let erasures = 0;

  async function counted<T>(among: Set<Promise<void>>, work: () => Promise<T>): Promise<T> {
    const over = Promise.withResolvers<void>();
    among.add(over.promise);
    try {
      return await work();
    } finally {
      among.delete(over.promise);
      over.resolve();
    }
  }

  return {
    /** From reading to writing down. `erasures`: how many there were by then; what was read under another number is to be read again. */
    async held<T>(signal: AbortSignal, work: (erasures: number) => Promise<T>): Promise<T> {
      while (erasing.size > 0) await untilAborted(Promise.all(erasing), signal);
      return counted(holders, () => work(erasures));
    },
    /** Begins once nobody holds anything any more; nobody takes up anything until it is over. */
    whileErasing<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      erasures += 1;
      return counted(erasing, async () => {
        await untilAborted(Promise.all(holders), signal);
        return work();
      });
    },
  };
}
