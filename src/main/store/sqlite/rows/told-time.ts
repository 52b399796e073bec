import { type Micros, toIso } from '../../../../shared/model/index.js';

/** A time as it is shown; null in a trace whose source told none, where it only keeps the order. */
export function toldTime(at: Micros, undated: number): string | null {
  return undated === 1 ? null : toIso(at);
}
