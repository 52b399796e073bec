import type { Micros } from '../../shared/model/index.js';

let offset = Date.now() - performance.now();

/**
 * Wall-clock microseconds since the epoch, with the monotonic clock's resolution.
 * The two clocks part when the machine sleeps or its time is set, so they are joined again when they differ by 50 ms.
 */
export function nowMicros(): Micros {
  const monotonic = performance.now();
  const wall = Date.now();
  if (Math.abs(wall - (monotonic + offset)) > 50) offset = wall - monotonic;
  return Math.round((monotonic + offset) * 1000);
}
