import { untilAborted } from './job-kind.js';
import type { Budget } from './language-model.js';

/** Amounts are counted in hundred-millionths of a dollar: whole numbers, so that sums are exact. */
const parts = 1e8;

/**
 * A budget that calls share. What is under way counts with the most that it may cost, so that nothing is begun beyond the limit; who
 * does not fit beside it waits for what it leaves. @param spentUsd by earlier runs of the same
 */
export function createBudget(limitUsd: number, spentUsd = 0): Budget {
  const limit = Math.round(limitUsd * parts);
  let spent = Math.round(spentUsd * parts);
  let reserved = 0;
  let settled = Promise.withResolvers<void>();
  return {
    limit_usd: limitUsd,
    get spent_usd() {
      return spent / parts;
    },
    async reserve(usd, signal) {
      const amount = Math.round(usd * parts);
      // Calls under way always end, and nobody waits who holds something: without any, what does not fit is refused.
      while (spent + reserved + amount > limit) {
        if (spent + amount > limit) return false;
        await untilAborted(settled.promise, signal);
      }
      reserved += amount;
      return true;
    },
    settle(reservedUsd, costUsd) {
      reserved -= Math.round(reservedUsd * parts);
      spent += Math.round(costUsd * parts);
      settled.resolve();
      settled = Promise.withResolvers();
    },
  };
}
