import type { TraceSummary } from '../../../../shared/model/index.js';

/** From the first to the last moment seen, in milliseconds; null while nothing has ended. */
export function traceDuration(trace: TraceSummary): number | null {
  if (trace.ended_at === null) return null;
  return Math.max(0, Date.parse(trace.ended_at) - Date.parse(trace.started_at));
}
