import { SluiceError } from '../../shared/errors.js';
import type { Json, Trace } from '../../shared/model/index.js';

export const finalizeJobKind = 'finalize';

/** Says whether a trace is in order; the validate room does it. */
export type ValidateTrace = (trace: Trace) => { valid: boolean; errors: Json; warnings: Json };

/** The job behind POST /traces/:id/finalize: waits until all that was sent is stored, then checks the trace. */
export function finalizeJob(parts: {
  stored(): Promise<void>;
  trace(traceId: string): Trace | null;
  validate?: ValidateTrace;
}): (params: Json) => Promise<Json> {
  return async (params) => {
    const { trace_id } = params as { trace_id: string };
    await parts.stored();
    const trace = parts.trace(trace_id);
    if (trace === null) throw new SluiceError('not_found', 'The trace was deleted in the meantime.');
    return {
      trace_id,
      completion_status: trace.completion_status,
      steps: trace.step_count,
      validation: parts.validate?.(trace) ?? null,
    };
  };
}
