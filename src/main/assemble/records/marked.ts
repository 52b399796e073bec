import type { AssembledRecord, Micros } from '../../../shared/model/index.js';

/** What leaves marks among the events of a trace and adds nothing else to it. */
export function marked(traceId: string, ended_at: Micros, event_ids: string[]): AssembledRecord {
  return {
    trace_id: traceId,
    trace_key: null,
    new_trace: null,
    steps: [],
    new_tool_calls: [],
    tool_results: [],
    new_decisions: [],
    trace_patch: { ended_at },
    scores: [],
    event_ids,
    notes: [],
  };
}
