import { type GoldTrace, goldTraceSchema } from '../../shared/model/gold-trace.js';
import type { Step } from '../../shared/model/index.js';

/** The gold trace that a trace of the store was made of; null where it is none. */
export function goldIn(steps: readonly Step[]): GoldTrace | null {
  for (const step of steps) {
    const data = step.type === 'state_change' ? step.data : undefined;
    if (typeof data !== 'object' || data === null || !('gold_trace' in data)) continue;
    const read = goldTraceSchema.safeParse(data.gold_trace);
    if (read.success) return read.data;
  }
  return null;
}
