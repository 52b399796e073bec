import type { Package } from './package.js';
import { correctedPairs } from './preferred-pairs.js';

/** What people made better: all that was said before an answer, and the answer as they corrected it, with the original beside it. */
export const qualityImprovement = {
  id: 'quality-improvement',
  title: 'Quality improvement',
  description: 'Answers as people corrected them, behind all that was said before; the original stands beside them.',
  layout: 'training-example',
  gives: ['rejected'],
  *examples(trace, source) {
    let items = 0;
    for (const item of correctedPairs(trace, source)) {
      items += 1;
      yield item;
    }
    if (items === 0) yield { skipped: 'nothing was corrected' };
  },
} satisfies Package;
