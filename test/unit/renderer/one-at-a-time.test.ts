import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../../src/renderer/src/rpc/one-at-a-time.js';

/** Work whose runs end when the test says so. */
function held() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const ask = oneAtATime(() => new Promise<void>((resolve, reject) => ends.push({ resolve, reject })));
  return { ends, ask };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('oneAtATime', () => {
  it('runs once more for what was asked during a run, however often it was', async () => {
    const { ends, ask } = held();
    const first = ask();
    const later = [ask(), ask(), ask()];
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await first;
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.resolve();
    await Promise.all(later);
    await turn();
    expect(ends).toHaveLength(2);
  });

  it('asks again for a tick that comes during the second run too', async () => {
    const { ends, ask } = held();
    const runs = [ask(), ask()];
    ends[0]?.resolve();
    await turn();
    runs.push(ask());
    ends[1]?.resolve();
    await turn();
    expect(ends).toHaveLength(3);
    ends[2]?.resolve();
    await Promise.all(runs);
  });

  it('goes on after a run that failed', async () => {
    const { ends, ask } = held();
    const first = ask();
    const second = ask();
    ends[0]?.reject(new Error('The line broke'));
    await expect(first).rejects.toThrow('The line broke');
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.resolve();
    await second;
  });
});
