import { describe, expect, it } from 'vitest';
import { createLifecycle } from '../../../src/main/engine/lifecycle.js';

describe('the lifecycle', () => {
  it('gives back in reverse order whatever one of them does, and tells which failed and which hung', async () => {
    const done: string[] = [];
    const told: string[] = [];
    const { opened, end } = createLifecycle((step, reason) => told.push(`${step}: ${reason}`));
    opened('first', async () => done.push('first'));
    opened('hangs', () => new Promise(() => {}), 20);
    opened('throws at once', () => {
      throw new Error('no');
    });
    opened('throws', () => Promise.reject(new Error('no')));
    opened('last', () => done.push('last'));
    await end();
    expect(done).toEqual(['last', 'first']);
    expect(told).toEqual(['throws: failed', 'throws at once: failed', 'hangs: late']);
  });

  it('ends once, however often it is asked', async () => {
    let closed = 0;
    const { opened, end } = createLifecycle(() => {});
    opened('one', () => closed++);
    await Promise.all([end(), end()]);
    await end();
    expect(closed).toBe(1);
  });

  it('asks for the time of a step when it ends', async () => {
    const told: string[] = [];
    let atMostMs = 60_000;
    const { opened, end } = createLifecycle((step, reason) => told.push(`${step}: ${reason}`));
    opened(
      'slow',
      () => new Promise(() => {}),
      () => atMostMs,
    );
    atMostMs = 10;
    await end();
    expect(told).toEqual(['slow: late']);
  });
});
