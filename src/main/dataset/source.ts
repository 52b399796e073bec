import type { ChatMessage, Trace, TraceSummary } from '../../shared/model/index.js';

/** What an export reads; the store's reader satisfies it. */
export interface ExportSource {
  /** Matching traces one at a time in a stable order. Throws `query_invalid`. */
  traces(query: string, signal: AbortSignal): Iterable<Trace> | AsyncIterable<Trace>;
  /** How many traces match. Throws `query_invalid`. */
  count(query: string): number;
  /** Messages of one model call as they were sent and answered; one response message per choice. Null: unknown call. */
  callMessages(callId: string): CallMessages | null;
  /** Links of a trace to its parent and predecessor; null for a deleted one. */
  traceSummary(traceId: string): Pick<TraceSummary, 'parent_trace_id' | 'predecessor_trace_id'> | null;
}

export interface CallMessages {
  request: ChatMessage[];
  response: ChatMessage[];
  /** False where the client sent only what was new; absent where that is not known. */
  history_complete?: boolean;
}
