import { describe, expect, it } from 'vitest';
import { createHolds } from '../../../../src/main/engine/erasure/holds.js';

const never = new AbortController().signal;

describe('an erasure and whoever holds what was read', () => {
  it('wait for each other: nothing is written down of what was read before', async () => {
    const holds = createHolds();
    const told: string[] = [];
    const answer = Promise.withResolvers<void>();
    const first = holds.held(never, async (erasures) => {
      told.push(`read ${erasures}`);
      await answer.promise;
      told.push('written');
    });
    const erasing = holds.whileErasing(never, async () => {
      told.push('erased');
    });
    const second = holds.held(never, async (erasures) => {
      told.push(`read ${erasures}`);
    });
    await new Promise(setImmediate);
    expect(told).toEqual(['read 0']);
    answer.resolve();
    await Promise.all([first, erasing, second]);
    expect(told).toEqual(['read 0', 'written', 'erased', 'read 1']);
  });

  it('hold nobody up who fails, or is called off', async () => {
    const holds = createHolds();
    await expect(
      holds.held(never, async () => {
        throw new RangeError('no');
      }),
    ).rejects.toThrow('no');
    const stop = new AbortController();
    const answer = Promise.withResolvers<void>();
    const held = holds.held(never, () => answer.promise);
    const erasing = holds.whileErasing(stop.signal, async () => 'erased');
    const waiting = holds.held(stop.signal, async () => 'read');
    stop.abort(new RangeError('called off'));
    await expect(erasing).rejects.toThrow('called off');
    await expect(waiting).rejects.toThrow('called off');
    expect(await holds.held(never, async (erasures) => erasures)).toBe(1);
    answer.resolve();
    await held;
  });
});
