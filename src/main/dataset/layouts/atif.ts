import { trajectorySchema } from '../trajectory/shape.js';
import { type Embedded, trajectoryOf } from '../trajectory/trajectory.js';
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
    const embedded: Embedded = { inlined: [], refused: [] };
    const trajectory = trajectoryOf(trace, options, embedded);
    if (trajectory === null) {
      yield { skipped: 'no step' };
      return;
    }
    const { inlined, refused } = embedded;
    yield { row: trajectory, ...(inlined.length === 0 ? {} : { origin: { inlined } }) };
    for (const problem of refused) yield { skipped: `a subagent is left out: ${problem}` };
  },
} satisfies TraceLayout<typeof trajectorySchema>;
