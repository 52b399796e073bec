import { traceSchema } from '../../../shared/model/index.js';
import type { TraceLayout } from './layout.js';

const row = traceSchema;

/** The public trace shape, whole: what `sluice import` reads back. */
export const traces = {
  id: 'traces',
  title: 'Traces',
  description: 'One row per trace, whole: calls, steps, tool calls, decisions, scores and review.',
  of: 'trace',
  consent: 'row',
  row,
  *rows(trace) {
    yield { row: trace };
  },
} satisfies TraceLayout<typeof row>;
