import type { Reads } from '../../api/services.js';
import { consentOverview } from '../../privacy/index.js';
import type { StoreReader } from '../../store/index.js';
import { sized, sizedPage } from './sized.js';

/** What of an open store the API reads. */
export type ReadFrom = Pick<StoreReader, 'trace' | 'countTraces' | (keyof Reads & keyof StoreReader)>;

/** What the API reads, from an open store: pages are bounded in bytes too, and what may be large is JSON already. */
export function readsOf(reader: ReadFrom): Reads {
  return {
    traces: async (options) => sizedPage(options.limit, (limit) => reader.traces({ ...options, limit })),
    toolCalls: async (options) => sizedPage(options.limit, (limit) => reader.toolCalls({ ...options, limit })),
    exchanges: async (options) => sizedPage(options.limit, (limit) => reader.exchanges({ ...options, limit })),
    traceJson: async (traceId) => json(reader.trace(traceId)),
    async traceHead(traceId) {
      const trace = reader.traceSummary(traceId);
      if (trace === null) return null;
      const { trace_id, kind, started_at, metadata } = trace;
      return { trace_id, kind, started_at, finalized: metadata?.finalized_at !== undefined };
    },
    traceSummary: async (traceId) => sized(reader.traceSummary(traceId)),
    traceSteps: async (traceId, afterSeq, limit) =>
      sizedPage(limit, (size) => {
        const items = reader.traceSteps(traceId, afterSeq, size);
        return { items, next_cursor: items.length === size ? (items.at(-1)?.seq ?? null) : null };
      }),
    traceCalls: async (traceId, cursor, limit) => sizedPage(limit, (size) => reader.traceCalls(traceId, cursor, size)),
    traceToolCalls: async (traceId, cursor, limit) =>
      sizedPage(limit, (size) => reader.traceToolCalls(traceId, cursor, size)),
    traceDecisions: async (traceId, cursor, limit) =>
      sizedPage(limit, (size) => reader.traceDecisions(traceId, cursor, size)),
    traceFindings: async (traceId, cursor, limit) =>
      sizedPage(limit, (size) => reader.traceFindings(traceId, cursor, size)),
    traceChildren: async (traceId) => sized(reader.traceChildren(traceId)),
    traceTree: async (traceId) => sized(reader.traceTree(traceId)),
    traceEffects: async (traceId, cursor, limit) =>
      sizedPage(limit, (size) => reader.traceEffects(traceId, cursor, size)),
    traceWitnesses: async (traceId, cursor, limit) =>
      sizedPage(limit, (size) => reader.traceWitnesses(traceId, cursor, size)),
    unclaimedEffects: async (cursor, limit) => sizedPage(limit, (size) => reader.unclaimedEffects(cursor, size)),
    captureHealth: async () => reader.captureHealth(),
    findingsSummary: async (filter) => reader.findingsSummary(filter),
    findings: async (filter, cursor, limit) => sizedPage(limit, (size) => reader.findings(filter, cursor, size)),
    findingPlaces: async (exchangeId, findingId, cursor, limit) =>
      sizedPage(limit, (size) => reader.findingPlaces(exchangeId, findingId, cursor, size)),
    knownEvents: async (traceId, eventIds) => reader.knownEvents(traceId, eventIds),
    traceIdByKey: async (key) => reader.traceIdByKey(key),
    exchange: async (exchangeId, bodyChars) => sized(reader.exchange(exchangeId, bodyChars)),
    exchangeJson: async (exchangeId, bodyChars) => json(reader.exchange(exchangeId, bodyChars)),
    exchangeBody: async (exchangeId, side, offset, limit) =>
      sized(reader.exchangeBody(exchangeId, side, offset, limit)),
    async exchangeBodyJson(exchangeId, side, offset, limit) {
      const body = reader.exchangeBody(exchangeId, side, offset, limit);
      if (body === null) return null;
      const end = offset + body.text.length;
      return json({ ...body, offset, next_offset: end < body.total_chars && body.text !== '' ? end : null });
    },
    fieldValues: async (scope, field, prefix, limit) => reader.fieldValues(scope, field, prefix, limit),
    consent: async (traceId) => reader.consent(traceId),
    consentHistory: async (traceId, cursor, limit) =>
      sizedPage(limit, (size) => reader.consentHistory(traceId, cursor, size)),
    consentOverview: async (required) =>
      consentOverview({
        count: (query) => reader.countTraces(query),
        values: (field) => reader.fieldValues('traces', field, '', 50),
        required,
      }),
    savedFilters: async () => reader.savedFilters(),
    review: async (traceId) => reader.review(traceId),
  };
}

function json(value: object | null): Uint8Array | null {
  return value === null ? null : new TextEncoder().encode(JSON.stringify(value));
}
