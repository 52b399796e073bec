import { monitorEventLoopDelay } from 'node:perf_hooks';

/** A timer of so many milliseconds; what it comes later than that is the delay. */
const resolution = 10;

/** Measures how long this thread holds up others. */
export function watchLoopDelay() {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return {
    /** The longest since it was last asked, in seconds. */
    longest(): number {
      const { max, count } = histogram;
      histogram.reset();
      return count === 0 ? 0 : Math.max(0, max / 1e9 - resolution / 1000);
    },
    close: () => void histogram.disable(),
  };
}
