import type { ExportSource } from '../dataset/index.js';
import type { StoreReader } from '../store/index.js';

/** What rows of datasets are made of, with the engine and without one. */
export function exportSource(
  reader: StoreReader,
  rules: Pick<ExportSource, 'redactor' | 'consentRequired'>,
): ExportSource {
  return {
    traces: ({ query, trace_ids }, signal) => reader.iterateTraces(query, signal, trace_ids),
    count: ({ query, trace_ids }) => reader.countTraces(query, trace_ids),
    callMessages: (callId) => reader.callMessages(callId),
    traceSummary: (traceId) => reader.traceSummary(traceId),
    droppedEntities: (traceId) => reader.droppedEntities(traceId),
    ...rules,
  };
}
