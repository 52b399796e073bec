import type { Consent, ConsentPatch } from './consent.js';
import type { Finalize } from './telemetry.js';
import type { TraceKind } from './trace.js';

/** A stored trace that something is added to. */
export interface StoredTrace {
  trace_id: string;
  kind: TraceKind;
}

/** What of a trace decides what may be done with it. */
export interface TraceHead extends StoredTrace {
  started_at: string | null;
  finalized: boolean;
  /** It has taken something without the scope admin. */
  sent: boolean;
}

/** The bodies that other programs send, by what takes them, and what of each is needed to decide about it. */
export interface SentHeads {
  ingest: { trace_id: string };
  /** `digest`: SHA-256 of the body in hex. `trace_id`: what its program calls it. */
  trace: { consent: ConsentPatch | null; digest: string; trace_id: string | null };
  /** The events' own ids, in order. */
  events: { event_ids: (string | null)[]; digest: string };
  finalize: { end_time: string | number | null } & Pick<Finalize, 'wait' | 'qa' | 'judge'>;
  /** What is answered, in the encoding of the request. */
  otlp: { body: Uint8Array | string; contentType: string };
}

/** What was decided. Times are in microseconds; `retry` names the request among its repetitions. */
export interface SentOrders {
  ingest: { stored: StoredTrace | null; now: number };
  /** `stored`: the trace of that name in the store. */
  trace: { retry: string | null; consent: Consent | null; stored: StoredTrace | null; now: number };
  /** `fresh`: places of the events that are new. */
  events: { stored: StoredTrace; fresh: number[]; retry: string | null };
  finalize: { stored: StoredTrace; now: number };
  otlp: Record<never, never>;
}

export type SentKind = keyof SentHeads;
