import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../src/main/engine/in-order.js';

describe('inOrder', () => {
  it('reaches the last step whatever those before it do, and tells which failed and which hung', async () => {
    const done: string[] = [];
    const told: string[] = [];
    await inOrder(
      [
        ['first', 1000, () => done.push('first')],
        ['throws', 1000, () => Promise.reject(new Error('no'))],
        [
          'throws at once',
          1000,
          () => {
            throw new Error('no');
          },
        ],
        ['hangs', 20, () => new Promise(() => {})],
        ['last', 1000, async () => done.push('last')],
      ],
      (step, reason) => told.push(`${step}: ${reason}`),
    );
    expect(done).toEqual(['first', 'last']);
    expect(told).toEqual(['throws: failed', 'throws at once: failed', 'hangs: late']);
  });
});
