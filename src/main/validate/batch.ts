import type { BatchValidation, Json, Trace } from '../../shared/model/index.js';
import type { Scan } from './leftovers.js';
import { openSummary } from './summary.js';
import { validateTrace } from './trace.js';

export const validateJobKind = 'validate';

interface Control {
  signal: AbortSignal;
  report(progress: number | null, message: string): void;
}

/** Other requests get their turn between traces. */
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The job behind POST /validate: checks every stored trace that a query finds. */
export function validateJob(parts: {
  count(query: string): number;
  traces(query: string, signal: AbortSignal): Iterable<Trace> | AsyncIterable<Trace>;
  scan: Scan;
}): (params: Json, control: Control) => Promise<Json> {
  return async (params, { signal, report }) => {
    const { query } = params as { query: string };
    const total = parts.count(query);
    const summary = openSummary();
    let done = 0;
    for await (const trace of parts.traces(query, signal)) {
      signal.throwIfAborted();
      summary.add(validateTrace(trace, parts.scan));
      done += 1;
      report(total === 0 ? null : Math.min(1, done / total), `${done} of ${total} traces`);
      await pause();
    }
    return summary.batch() as unknown as Json;
  };
}

/** Checks some stored traces, for the reports of imports and runs; what was deleted meanwhile is left out. */
export async function validateStored(
  traceIds: readonly string[],
  trace: (traceId: string) => Trace | null,
  scan: Scan,
): Promise<Omit<BatchValidation, 'reports'>> {
  const summary = openSummary();
  for (const traceId of traceIds) {
    const stored = trace(traceId);
    if (stored !== null) summary.add(validateTrace(stored, scan));
    await pause();
  }
  return summary.summary();
}
