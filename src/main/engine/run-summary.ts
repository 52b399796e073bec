import * as z from 'zod';
import type { ExchangeSummary, Page, TraceSummary } from '../../shared/model/index.js';
import { quote } from '../../shared/query/index.js';
import type { JobStep } from '../ground/job-kind.js';
import { eachOf } from '../ground/pages.js';

interface Lists {
  traces(options: { query: string; limit: number; cursor: string | null }): Page<TraceSummary>;
  exchanges(options: { query: string; limit: number; cursor: string | null }): Page<ExchangeSummary>;
}

const runSchema = z.object({ session: z.string(), from: z.string() });
const countSchema = z.number().int();
const runSummarySchema = z.object({
  exchanges: countSchema,
  calls: countSchema,
  tool_calls: countSchema,
  trace_ids: z.array(z.string()),
});

/** Computed for the request that ends a run. */
export const runSummaryStep: JobStep<z.infer<typeof runSchema>, z.infer<typeof runSummarySchema>, { reader: Lists }> = {
  id: 'run-summary',
  params: runSchema,
  result: runSummarySchema,
  run: async ({ session, from }, _, { reader }) => runSummary(reader, session, from),
};

/** What a run gave: everything that carries its session and began at or after `from` (ISO-8601). */
export function runSummary(lists: Lists, session: string, from: string) {
  const query = `session:${quote(session)} started>=${from}`;
  const traceIds = new Set<string>();
  let exchanges = 0;
  let calls = 0;
  const toolCalls = new Map<string, number>();
  for (const exchange of eachOf((cursor) => lists.exchanges({ query, limit: 200, cursor }))) {
    exchanges += 1;
    if (exchange.call_id !== null) calls += 1;
    if (exchange.trace_id !== null) traceIds.add(exchange.trace_id);
  }
  for (const trace of eachOf((cursor) => lists.traces({ query: `session:${quote(session)}`, limit: 200, cursor }))) {
    if (traceIds.has(trace.trace_id)) toolCalls.set(trace.trace_id, trace.tool_call_count);
  }
  return {
    exchanges,
    calls,
    tool_calls: [...toolCalls.values()].reduce((sum, count) => sum + count, 0),
    trace_ids: [...traceIds].sort(),
  };
}
