import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { type Trace, validationReportSchema } from '../../shared/model/index.js';
import { type JobStep, untilAborted } from '../ground/job-kind.js';

/** Says whether a trace is in order; the validate room does it. */
export type ValidateTrace = (trace: Trace) => z.infer<typeof validationReportSchema>;

const finalParamsSchema = z.object({ trace_id: z.string() });
const finalTraceSchema = z.object({
  trace_id: z.string(),
  completion_status: z.string(),
  steps: z.number().int(),
  validation: validationReportSchema.nullable(),
});

/** The first step of what POST /traces/:id/finalize starts: waits until all that was sent is stored, then checks the trace. */
export const checkFinal: JobStep<
  z.infer<typeof finalParamsSchema>,
  z.infer<typeof finalTraceSchema>,
  { stored(): Promise<void>; trace(traceId: string): Trace | null; validate?: ValidateTrace }
> = {
  id: 'check-final',
  params: finalParamsSchema,
  result: finalTraceSchema,
  async run({ trace_id }, { log, signal }, { stored, trace: traceOf, validate }) {
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
