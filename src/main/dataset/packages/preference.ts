import type { Package } from './package.js';
import { comparedPairs, correctedPairs } from './preferred-pairs.js';

/** Pairs of a better and a worse output after the same context: corrections, better steps, and comparisons that people made. */
export const preference = {
  id: 'preference',
  title: 'Preference',
  description:
    'Pairs of a better and a worse output after the same context: what people corrected, and what they preferred.',
  layout: 'trl-preference',
  gives: ['rejected'],
  *examples(trace, source) {
    let items = 0;
    for (const pairs of [correctedPairs, comparedPairs])
      for (const item of pairs(trace, source)) {
        items += 1;
        yield item;
      }
    if (items === 0) yield { skipped: 'nothing was corrected or compared' };
  },
} satisfies Package;
