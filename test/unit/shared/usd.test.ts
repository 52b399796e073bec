import { describe, expect, it } from 'vitest';
import { addUsd } from '../../../src/shared/usd.js';

describe('sums of money', () => {
  it('are those of the decimals', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(addUsd(0.1, 0.2)).toBe(0.3);
    expect(addUsd()).toBe(0);
    expect(addUsd(0.00000015, 0.00000001, -0.00000016)).toBe(0);
    let total = 0;
    for (let call = 0; call < 10_000; call++) total = addUsd(total, 0.00123457);
    expect(total).toBe(12.3457);
    expect(addUsd(250_000.1, 0.00000001)).toBe(250_000.10000001);
  });
});
