import { describe, expect, it } from 'vitest';
import { createLane } from '../../../src/main/models/lanes.js';

const never = new AbortController().signal;

async function full(lane: ReturnType<typeof createLane>): Promise<void> {
  while (lane.active < lane.limit) await lane.enter(never);
}

describe('a lane', () => {
  it('grows with each answer, and is halved once for all that were told to wait together', async () => {
    const lane = createLane();
    const first = lane.limit;
    for (let round = 0; round < 60; round++) {
      await full(lane);
      while (lane.active > 0) lane.leave('ok');
    }
    const grown = lane.limit;
    expect(grown).toBeGreaterThan(first);
    expect(grown).toBeLessThanOrEqual(32);
    await full(lane);
    while (lane.active > 0) lane.leave('limited');
    expect(lane.limit).toBe(Math.floor(grown / 2));
    await full(lane);
    while (lane.active > 0) lane.leave('limited');
    expect(lane.limit).toBe(Math.floor(grown / 4));
  });

  it('never falls below one', async () => {
    const lane = createLane();
    for (let round = 0; round < 10; round++) {
      await lane.enter(never);
      lane.leave('limited');
    }
    expect(lane.limit).toBe(1);
  });

  it('does not grow where the server fails, before it has answered as many as it was let', async () => {
    const lane = createLane();
    const { limit } = lane;
    await full(lane);
    lane.leave('failing');
    for (let answered = 0; answered < limit - 1; answered++) lane.leave('ok');
    expect(lane.limit).toBe(limit);
  });

  it('lets nobody in who has left', async () => {
    const lane = createLane();
    await full(lane);
    const control = new AbortController();
    const waiting = lane.enter(control.signal).catch((error) => error.name);
    control.abort();
    expect(await waiting).toBe('AbortError');
    const { active } = lane;
    lane.leave('ok');
    expect(lane.active).toBe(active - 1);
  });

  it('begins nothing while it pauses', async () => {
    let now = 0;
    const lane = createLane(() => now);
    lane.pause(20);
    const entered = lane.enter(never);
    expect(lane.active).toBe(0);
    now = 50;
    await entered;
    expect(lane.active).toBe(1);
  });
});
