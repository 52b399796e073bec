import * as z from 'zod';
import { type BatchValidation, batchValidationSchema, type Trace } from '../../shared/model/index.js';
import type { JobKind, JobStep } from '../ground/job-kind.js';
import type { Scan } from './leftovers.js';
import { openSummary } from './summary.js';
import { validateTrace } from './trace.js';

const validateParamsSchema = z.object({ query: z.string() });

export interface StoredTraces {
  count(what: { query: string }): number;
  traces(what: { query: string }, signal: AbortSignal): Iterable<Trace> | AsyncIterable<Trace>;
}

/** Cancelling, and other jobs, get their turn between traces. */
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The job behind POST /validate: checks every stored trace that a query finds. */
export const validateKind: JobKind<
  z.infer<typeof validateParamsSchema>,
  BatchValidation,
  { source: StoredTraces; scan: Scan }
> = {
  id: 'validate',
  title: 'Validation',
  params: validateParamsSchema,
  result: batchValidationSchema,
  lane: 'cpu',
  atOnce: 1,
  // It changes nothing: begun again it does the same.
  again: () => true,
  async run({ query }, { signal, progress, log }, { source, scan }) {
    const total = source.count({ query });
    const summary = openSummary();
    let done = 0;
    for await (const trace of source.traces({ query }, signal)) {
      signal.throwIfAborted();
      const report = validateTrace(trace, scan);
      summary.add(report);
      done += 1;
      if (!report.valid) {
        const codes = new Set(report.errors.map(({ code }) => code));
        log(`${trace.trace_id} is invalid: ${[...codes].join(', ')}`, 'warn');
      }
      const work = { done, total: Math.max(total, done), unit: 'traces' };
      progress(total === 0 ? null : Math.min(1, done / total), `${done} of ${work.total} traces`, work);
      await pause();
    }
    signal.throwIfAborted();
    return summary.batch();
  },
};

const validateTracesSchema = z.object({ trace_ids: z.array(z.string()) });

/** Checks some stored traces, for the reports of imports and runs; what was deleted meanwhile is left out. */
export const validateTraces: JobStep<
  z.infer<typeof validateTracesSchema>,
  Omit<BatchValidation, 'reports'>,
  { trace(traceId: string): Trace | null; scan: Scan }
> = {
  id: 'validate-traces',
  params: validateTracesSchema,
  result: batchValidationSchema.omit({ reports: true }),
  async run({ trace_ids }, { signal }, { trace, scan }) {
    const summary = openSummary();
    for (const traceId of trace_ids) {
      signal.throwIfAborted();
      const stored = trace(traceId);
      if (stored !== null) summary.add(validateTrace(stored, scan));
      await pause();
    }
    return summary.summary();
  },
};
