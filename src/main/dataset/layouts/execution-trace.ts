import { executionTraceSchema } from '../../../shared/model/index.js';
import { executionTrace } from '../execution/execution-trace.js';
import type { TraceLayout } from './layout.js';

const shape = executionTraceSchema.shape;
const row = executionTraceSchema.extend({
  schema_version: shape.schema_version.describe('Version of this shape'),
  trace_id: shape.trace_id.describe('What its source calls the trace, else its id'),
  trace_revision: shape.trace_revision.describe('The state of that trace'),
  scenario: shape.scenario.describe('The task: what the source calls it, else the first words of the user'),
  execution_mode: shape.execution_mode.describe('captured, imported, or what the source says'),
  kind: shape.kind.describe('agent, pr_telemetry, execution, gold or ingest'),
  start_time: shape.start_time.describe('First moment, UTC; null where its source told no times'),
  end_time: shape.end_time.describe('Last moment, UTC'),
  total_duration: shape.total_duration.describe('HH:MM:SS, or as the source has it'),
  completion_status: shape.completion_status.describe(
    'As the source says it, else running, completed, interrupted or failed',
  ),
  parent_trace_id: shape.parent_trace_id.describe('The trace whose agent spawned this one'),
  steps: shape.steps.describe('Agent, inputs, reasoning, actions, outputs, state changes and outcome, step by step'),
  extra: shape.extra.describe('What the source says besides'),
});

export const executionTraces = {
  id: 'execution-trace',
  title: 'Execution traces',
  description:
    'One row per trace: every step with inputs, reasoning, actions, outputs, outcome, errors and recoveries.',
  of: 'trace',
  consent: 'column',
  row,
  *rows(trace) {
    const execution = executionTrace(trace);
    if (execution.steps.length === 0) yield { skipped: 'no step' };
    else yield { row: execution };
  },
} satisfies TraceLayout<typeof row>;
