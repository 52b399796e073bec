import type { ExportSource } from '../dataset/index.js';
import type { StoreReader } from '../store/index.js';

/** What rows of datasets are made of, with the engine and without one. */
export function exportSource(
  reader: StoreReader,
  rules: Pick<ExportSource, 'redactor' | 'consentRequired'>,
): ExportSource {
  return {
    traces: (query, signal) => reader.iterateTraces(query, signal),
    count: (query) => reader.countTraces(query),
    callMessages: (callId) => reader.callMessages(callId),
    traceSummary: (traceId) => reader.traceSummary(traceId),
    droppedEntities: (traceId) => reader.droppedEntities(traceId),
    ...rules,
  };
}
