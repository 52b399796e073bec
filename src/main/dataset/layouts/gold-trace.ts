import * as z from 'zod';
import type { Json, Trace } from '../../../shared/model/index.js';
import { jsonSchema } from '../../../shared/model/index.js';
import { isObject, type JsonObject } from '../../ground/json.js';
import type { TraceLayout } from './layout.js';

const row = z.object({
  trace_id: z.string().describe('What its source calls the trace, else its id'),
  request: jsonSchema.describe('What was asked: domain, text, intent_category, expected_scope'),
  policy: jsonSchema.optional().describe('What it stands under: policy_id, rules, scope_limits'),
  graph: jsonSchema.describe(
    'The calls that fulfil it (tool, arguments, scope, provenance) and the order in which they run',
  ),
  validated: z.boolean().optional().describe('Whether its source says that it was checked'),
  created_at: z.string().optional().describe('When it was made, as its source says it'),
  results: jsonSchema.optional().describe('What each call gave, by its call_id'),
  generator: z.string().optional().describe('sampler, or model'),
  model: z.string().nullable().optional().describe('The model that wrote it'),
  prompt_versions: jsonSchema.optional().describe('Versions of the prompts that it was written with'),
  seed: z.number().optional().describe('What the sampler began with'),
  world: z.number().optional().describe('Number of the world that the calls ran on'),
  corrupted: jsonSchema
    .optional()
    .describe('Of a sibling that goes wrong: how (kind, what), and the trace that it is one of'),
  extra: jsonSchema.optional().describe('What its source says besides'),
});
type GoldRow = z.infer<typeof row>;
const { extra: _, ...columns } = row.shape;

export const goldTraces = {
  id: 'gold-trace',
  title: 'Gold traces',
  description: 'One row per gold trace: request, policy, graph of calls and what these gave, as it was published.',
  of: 'trace',
  consent: 'column',
  row,
  *rows(trace) {
    const gold = toldIn(trace);
    yield gold === null ? { skipped: 'no gold trace' } : { row: goldRow(gold, trace.trace_id) };
  },
} satisfies TraceLayout<typeof row>;

/** The trace as its source told it whole. */
function toldIn({ steps }: Trace): JsonObject | null {
  for (const step of steps) {
    if (step.type !== 'state_change' || !isObject(step.data)) continue;
    const { gold_trace } = step.data;
    if (isObject(gold_trace)) return gold_trace;
  }
  return null;
}

/** A gold trace as a row; `traceId` where it names none. */
export function goldRow(gold: JsonObject, traceId: string): GoldRow {
  const told: JsonObject = { trace_id: traceId };
  const extra: JsonObject = {};
  for (const [name, schema] of Object.entries(columns)) {
    const value = gold[name];
    if (value !== undefined && schema.safeParse(value).success) told[name] = value;
  }
  // What has no column, and what is of another kind than its column takes.
  for (const [name, value] of Object.entries(gold)) if (told[name] !== value) extra[name] = value;
  return { ...told, ...(Object.keys(extra).length === 0 ? {} : { extra: extra as Json }) } as GoldRow;
}
