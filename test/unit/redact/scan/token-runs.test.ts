import { describe, expect, it } from 'vitest';
import { classes } from '../../../../src/main/redact/scan/characters.js';
import { tokenRuns, tokenRunsOf } from '../../../../src/main/redact/scan/token-runs.js';
import { Random } from '../../../bench/fuzz/random.js';

const random = new Random(41);

function text(): string {
  const pieces = ['a', 'Zq9', '_', '-', '+/', ' ', '.', '=', 'é', '\n', 'k7PqLm2XvRb8', '0123456789abcdef0123'];
  return Array.from({ length: random.below(60) }, () => random.pick(pieces)).join('');
}

describe('runs of token letters', () => {
  it('are all that a pattern finds, whatever stands between them', () => {
    for (let round = 0; round < 3000; round++) {
      const each = text();
      const found = [...each.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].map(({ index, 0: run }) => [index, index + run.length]);
      expect(tokenRuns(each).map(({ start, end }) => [start, end])).toEqual(found);
    }
  });

  it('hold all runs of a narrower class that are long enough', () => {
    for (let round = 0; round < 3000; round++) {
      const each = text();
      const found = [...each.matchAll(/[1-9A-HJ-NP-Za-km-z]{17,}/g)].map(({ index, 0: run }) => [
        index,
        index + run.length,
      ]);
      const runs = [...tokenRunsOf(each, classes.base58, 17)].map(({ start, end }) => [start, end]);
      expect(runs).toEqual(found);
    }
  });
});
