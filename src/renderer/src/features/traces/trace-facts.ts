import type { TraceSummary } from '../../../../shared/model/index.js';

/** From the first to the last moment seen, in milliseconds; null while nothing has ended, and where no times are told. */
export function traceDuration(trace: TraceSummary): number | null {
  if (trace.ended_at === null || trace.started_at === null) return null;
  return Math.max(0, Date.parse(trace.ended_at) - Date.parse(trace.started_at));
}
