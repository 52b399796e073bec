import { trajectorySchema } from '../trajectory/shape.js';
import { trajectoryOf } from '../trajectory/trajectory.js';
import { reasoningKept, type TraceLayout } from './layout.js';

/** Harbor’s Agent Trajectory Interchange Format, whole trajectories. */
export const atif = {
  id: 'atif',
  title: 'ATIF 1.8',
  description:
    'One row per trace as a trajectory of Harbor’s interchange format, its subagents embedded; what stands in a parent gives no row of its own.',
  of: 'trace',
  consent: 'beside',
  row: trajectorySchema,
  choices: { reasoning: reasoningKept, subagents: ['inlined', 'own'] },
  *rows(trace, options) {
    if (options.subagents === 'inlined' && trace.parent_trace_id !== null && options.exists(trace.parent_trace_id)) {
      yield { skipped: 'it stands in the row of the trace that spawned it' };
      return;
    }
    const trajectory = trajectoryOf(trace, options);
    yield trajectory === null ? { skipped: 'no step' } : { row: trajectory };
  },
} satisfies TraceLayout<typeof trajectorySchema>;
