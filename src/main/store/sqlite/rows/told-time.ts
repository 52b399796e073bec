import { type Micros, toIso } from '../../../../shared/model/index.js';

/** A time as it is shown; null where nobody told it, and it only keeps the order. */
export function toldTime(at: Micros, undated: number): string | null {
  return undated > 0 ? null : toIso(at);
}
