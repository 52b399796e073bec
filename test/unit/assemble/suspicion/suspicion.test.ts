import { describe, expect, it } from 'vitest';
import { suspicionOf } from '../../../../src/main/assemble/suspicion/index.js';
import { suspicionRules } from '../../../../src/main/assemble/suspicion/rules/index.js';

describe('results whose text says that the tool failed', () => {
  it.each(suspicionRules)('$id: its examples', ({ fails, passes, score }) => {
    for (const told of fails) {
      const found = suspicionOf(told.tool, told.arguments ?? {}, told.result);
      expect([told, found?.score ?? 0]).toEqual([told, expect.toSatisfy((value: number) => value >= 0.5)]);
    }
    for (const told of passes)
      expect([told, suspicionOf(told.tool, told.arguments ?? {}, told.result)]).toEqual([told, null]);
    expect(score).toBeGreaterThanOrEqual(0.5);
    expect(score).toBeLessThan(1);
  });

  it('are known by one rule for each id', () => {
    const ids = suspicionRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
