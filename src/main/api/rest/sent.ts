import type { FastifyRequest } from 'fastify';
import type {
  AuditActor,
  Backpressure,
  Consent,
  ConsentPatch,
  Job,
  SentHeads,
  SentKind,
  SentOrders,
  TraceHead,
} from '../../../shared/model/index.js';

export interface OpenedBody<K extends SentKind> {
  head: SentHeads[K];
  /**
   * Puts what it holds into the journal: from then on nothing can lose it. Resolves with the trace of the first record. Throws
   * `engine_busy` with `retry_after_s` in its details where the pipeline is behind; then nothing of it was taken.
   */
  submit(order: SentOrders[K], sender: { id: string | null; admin: boolean }): Promise<{ trace_id: string | null }>;
}

/** What programs send, on its way into the journal. */
export interface Intake {
  /**
   * Reads a body, where it holds up nobody, and hands its head to `use`, which decides what is made of it. `blocks`: what it
   * consists of; their memory is the reader's from then on. Throws `request_invalid`, `validation_failed`,
   * `media_type_unsupported`, `body_too_large`, `body_too_expensive`.
   */
  open<K extends SentKind, T>(
    kind: K,
    blocks: Uint8Array[],
    how: { contentType: string; encoding: string },
    use: (opened: OpenedBody<K>) => Promise<T>,
  ): Promise<T>;
  /** A file, as a stream; resolves with the finished job when all of it was read and stored. */
  upload(name: string, bytes: AsyncIterable<Uint8Array>, as: string | undefined, actor: AuditActor): Promise<Job>;
  /** Resolves when everything that is in the journal by now is stored. */
  stored(): Promise<void>;
  backpressure(): Backpressure;
  /** Null where nothing is stored under this id. */
  trace(traceId: string): Promise<TraceHead | null>;
  /** Which of these event ids the trace has already. */
  knownEvents(traceId: string, eventIds: string[]): Promise<string[]>;
  /** The id of the trace that a program calls by a name of its own. */
  traceIdOf(name: string): Promise<string | null>;
  /** Where records stand that were kept apart from this trace, because their sender may not add to it; null where none were. */
  apartFrom(traceId: string): Promise<string | null>;
  /** As it may travel with what a program sends: no plain name in it. */
  consent(patch: ConsentPatch, actor: AuditActor, source: string): Consent;
}

export function howOf({ headers }: Pick<FastifyRequest, 'headers'>): { contentType: string; encoding: string } {
  return {
    contentType: (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    encoding: headers['content-encoding'] ?? '',
  };
}
