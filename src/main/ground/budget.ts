import type { Budget } from './language-model.js';

/** Amounts are counted in hundred-millionths of a dollar: whole numbers, so that sums are exact. */
const parts = 1e8;

/** A budget that calls share. What is under way counts with the most that it may cost, so that nothing is begun beyond the limit. */
export function createBudget(limitUsd: number): Budget {
  const limit = Math.round(limitUsd * parts);
  let spent = 0;
  let reserved = 0;
  return {
    limit_usd: limitUsd,
    get spent_usd() {
      return spent / parts;
    },
    reserve(usd) {
      const amount = Math.round(usd * parts);
      if (spent + reserved + amount > limit) return false;
      reserved += amount;
      return true;
    },
    settle(reservedUsd, spentUsd) {
      reserved -= Math.round(reservedUsd * parts);
      spent += Math.round(spentUsd * parts);
    },
  };
}
