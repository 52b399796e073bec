import * as z from 'zod';
import { type Decision, decisionSchema, traceSchema } from '../../../shared/model/index.js';
import type { JsonObject } from '../../ground/json.js';
import type { TraceLayout } from './layout.js';

const { shape } = decisionSchema;
const row = z.object({
  decision_id: shape.decision_id.describe('Id of the decision'),
  trace_id: shape.trace_id.describe('The trace it was made in'),
  trace_revision: traceSchema.shape.revision.describe('The state of that trace'),
  call_id: shape.call_id.describe('The model call that made it'),
  timestamp: shape.timestamp.describe('When it was made, UTC'),
  context: shape.context.describe('What stood last before it; absent where unknown'),
  available_options: shape.available_options.describe(
    'What could be chosen: the tools really offered, or what was sent',
  ),
  decision: shape.decision.describe('What was chosen'),
  reasoning: shape.reasoning.describe('What was said or thought before; absent where nothing was'),
  confidence: shape.confidence.describe('As sent; absent where nobody said it'),
  outcome: shape.outcome.describe('What came of it: time, success, cost; absent while unknown'),
  as_sent: shape.as_sent.describe('What was sent in other words, as it was'),
  origin: shape.origin.describe('derived from a call, or sent explicitly'),
  tool_call_ids: shape.tool_call_ids.describe('Tool calls it led to'),
  model: z.string().nullable().describe('The model that decided'),
});

/** What another store called a decision that came from its rows. */
const origin = row.pick({
  decision_id: true,
  trace_id: true,
  trace_revision: true,
  call_id: true,
  origin: true,
  model: true,
});

/** A row of a decision; one that came from a row goes out as it came. */
function rowOf(
  decision: Decision,
  own: { trace_revision: number | undefined; model: string | null },
): z.infer<typeof row> {
  const sent: JsonObject = decision.as_sent ?? {};
  const { imported_from, ...rest } = sent;
  const { data: from } = origin.safeParse(imported_from);
  const as_sent = from === undefined ? decision.as_sent : Object.keys(rest).length === 0 ? undefined : rest;
  const fields = { ...decision, ...own, ...from, as_sent };
  const inOrder = Object.keys(row.shape).map((name) => [name, fields[name as keyof typeof fields]]);
  return Object.fromEntries(inOrder.filter(([, value]) => value !== undefined)) as z.infer<typeof row>;
}

export const decisions = {
  id: 'decisions',
  title: 'Decisions',
  description: 'One row per decision: its context, what could be chosen, what was, why, and what came of it.',
  of: 'trace',
  consent: 'column',
  row,
  *rows(trace) {
    if (trace.decisions.length === 0) yield { skipped: 'no decision' };
    const models = new Map(trace.calls.map((call) => [call.call_id, call.model]));
    for (const decision of trace.decisions) {
      const model = (decision.call_id === null ? null : models.get(decision.call_id)) ?? null;
      yield { row: rowOf(decision, { trace_revision: trace.revision, model }) };
    }
  },
} satisfies TraceLayout<typeof row>;
