import { type Micros, toIso } from '../../../../shared/model/index.js';

/** A time as it is shown; null in a trace of which some were not told: it may be one that only keeps the order. */
export function toldTime(at: Micros, undated: number): string | null {
  return undated > 0 ? null : toIso(at);
}
