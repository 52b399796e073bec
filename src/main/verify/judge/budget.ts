import type { Budget } from '../../ground/language-model.js';
import { rounded } from './rubrics/parse.js';

/** What the calls of a run may spend together; what is reserved counts until it is settled. */
export function createBudget(limitUsd: number, spentBefore = 0): Budget {
  let [spent, reserved] = [spentBefore, 0];
  return {
    limit_usd: limitUsd,
    get spent_usd() {
      return spent;
    },
    reserve(usd) {
      if (rounded(spent + reserved + usd) > limitUsd) return false;
      reserved += usd;
      return true;
    },
    settle(was, now) {
      reserved = Math.max(0, reserved - was);
      spent = rounded(spent + now);
    },
  };
}
