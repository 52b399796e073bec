import { traceSchema } from '../../../shared/model/index.js';
import type { TraceLayout } from './layout.js';

/** How pages of this store are read is nothing that the trace says. */
const row = traceSchema.omit({ step_order: true });

/** The public trace shape, whole: what `sluice import` reads back. */
export const traces = {
  id: 'traces',
  title: 'Traces',
  description: 'One row per trace, whole: calls, steps, tool calls, decisions, scores and review.',
  of: 'trace',
  consent: 'row',
  row,
  *rows(trace) {
    const { step_order: _, ...row } = trace;
    yield { row };
  },
} satisfies TraceLayout<typeof row>;
