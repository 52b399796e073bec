import { untilAborted } from '../../ground/job-kind.js';

/** Lets so many go at once, in the order in which they came; `most` is asked whenever one might begin. */
export function createSlots(most: () => number) {
  let taken = 0;
  let waiting: (() => void)[] = [];

  function pump(): void {
    while (waiting.length > 0 && taken < most()) {
      taken += 1;
      waiting.shift()?.();
    }
  }

  return async function inSlot<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const turn = Promise.withResolvers<void>();
    waiting.push(turn.resolve);
    pump();
    try {
      await untilAborted(turn.promise, signal);
    } catch (error) {
      // Whoever was given a slot while it was called off gives it back.
      if (waiting.includes(turn.resolve)) waiting = waiting.filter((other) => other !== turn.resolve);
      else taken -= 1;
      pump();
      throw error;
    }
    try {
      return await work();
    } finally {
      taken -= 1;
      pump();
    }
  };
}
