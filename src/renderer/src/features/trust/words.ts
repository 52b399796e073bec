import type { ProbeKind } from '../../../../shared/model/index.js';

/** What each probe is called: where it is chosen, and above what it measured. */
export const probeWords: Record<ProbeKind, { choice: string; description: string; result: string }> = {
  faults: {
    choice: 'Fault injection',
    description: 'Faults are planted into good traces: how many of them the judge sees.',
    result: 'Planted faults that were seen',
  },
  attacks: {
    choice: 'Injection attacks',
    description: 'Words that speak to the judge stand in a weak trace: how many raise its score.',
    result: 'Attacks that succeeded',
  },
  length: {
    choice: 'Length padding',
    description: 'Padding that says nothing: whether more words bring a better score.',
    result: 'Change of the score by padding',
  },
  swap: {
    choice: 'Swapped pairs',
    description: 'Pairs in both orders: whether the answer stays the same.',
    result: 'Pairs with the same answer in both orders',
  },
};
