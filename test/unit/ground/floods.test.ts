import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstAndCount } from '../../../src/main/ground/floods.js';

describe('what happens again and again', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is told at once the first time, and as one count a period after that', () => {
    const told: [string, number][] = [];
    const events = firstAndCount<string>(
      (event) => event,
      (event, count) => told.push([event, count]),
      1000,
    );
    for (let count = 0; count < 500; count++) events.note('a');
    events.note('b');
    expect(told).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    vi.advanceTimersByTime(1000);
    expect(told.slice(2)).toEqual([['a', 499]]);
    events.note('a');
    vi.advanceTimersByTime(1000);
    expect(told.slice(3)).toEqual([['a', 1]]);
    // After a period without it, the next one is the first again.
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
    events.note('a');
    expect(told.slice(4)).toEqual([['a', 1]]);
  });

  it('and was not told yet is told at the end', () => {
    const told: [string, number][] = [];
    const events = firstAndCount<string>(
      (event) => event,
      (event, count) => told.push([event, count]),
    );
    for (let count = 0; count < 3; count++) events.note('a');
    events.close();
    events.note('a');
    expect(told).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
