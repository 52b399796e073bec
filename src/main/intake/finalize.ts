import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { type Trace, validationReportSchema } from '../../shared/model/index.js';
import { type JobKind, untilAborted } from '../ground/job-kind.js';

/** Says whether a trace is in order; the validate room does it. */
export type ValidateTrace = (trace: Trace) => z.infer<typeof validationReportSchema>;

const finalizeParamsSchema = z.object({ trace_id: z.string() });
const finalizeResultSchema = z.object({
  trace_id: z.string(),
  completion_status: z.string(),
  steps: z.number().int(),
  validation: validationReportSchema.nullable(),
});

/** The job behind POST /traces/:id/finalize: waits until all that was sent is stored, then checks the trace. */
export const finalizeKind: JobKind<
  z.infer<typeof finalizeParamsSchema>,
  z.infer<typeof finalizeResultSchema>,
  { stored(): Promise<void>; trace(traceId: string): Trace | null; validate?: ValidateTrace }
> = {
  id: 'finalize',
  title: 'Finalizing',
  params: finalizeParamsSchema,
  result: finalizeResultSchema,
  lane: 'cpu',
  atOnce: 1,
  async run({ trace_id }, { log, signal, checkpoint }, { stored, trace: traceOf, validate }) {
    // It changes nothing: begun again it does the same.
    checkpoint(null);
    log('Waiting until all that was sent is stored');
    await untilAborted(stored(), signal);
    const trace = traceOf(trace_id);
    if (trace === null) throw new SluiceError('not_found', 'The trace was deleted in the meantime.');
    return {
      trace_id,
      completion_status: trace.completion_status,
      steps: trace.step_count,
      validation: validate?.(trace) ?? null,
    };
  },
};
