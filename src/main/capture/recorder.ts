import { randomFillSync } from 'node:crypto';
import type { SluiceError } from '../../shared/errors.js';
import type {
  CapturedClient,
  CapturedExchange,
  CapturedResponse,
  ErrorRecord,
  HeaderList,
  Micros,
} from '../../shared/model/index.js';
import type { BodySource, PartLocation } from '../journal/record.js';
import type { JournalWriter } from '../journal/writer.js';
import { nowMicros } from './clock.js';
import type { CaptureCounters } from './counters.js';
import type { Target } from './target.js';
import { BodyTee } from './tee.js';

/** So many informational heads are kept with their exchange. */
const mostInformational = 64;

/** What a recorder needs of its surroundings. */
export interface RecorderContext {
  journal: {
    append(...exchange: Parameters<JournalWriter['append']>): void;
    /** Null where parts are not kept. */
    appendPart(bytes: Uint8Array[]): PartLocation | null;
    unpin(parts: PartLocation[]): void;
  };
  counters: CaptureCounters;
  bodyLimit(): number;
  /** Called when an exchange is in the journal. */
  onJournaled(): void;
  onJournalError(error: Error): void;
  open: Map<string, ExchangeRecorder>;
}

/** Follows one exchange from its first byte to the journal; `finish` may be called once, later calls do nothing. */
export class ExchangeRecorder {
  readonly id = exchangeId();
  readonly startedAt = nowMicros();
  readonly requestTee: BodyTee;
  readonly responseTee: BodyTee;
  finished = false;
  headersAt: Micros | undefined;
  firstByteAt: Micros | undefined;
  requestTrailers: HeaderList = [];
  /** Of a socket that is recorded in spans: what earlier messages left to the decompression of these. */
  windows: { client?: string; server?: string } = {};
  #response:
    | (Omit<CapturedResponse, keyof ReturnType<BodyTee['message']> | 'trailers'> & {
        http_version: string;
        headers: HeaderList;
      })
    | undefined;
  #informational: CapturedResponse['informational'] = [];
  #parts: PartLocation[] = [];
  #latest = this.startedAt;
  readonly #context: RecorderContext;

  constructor(
    context: RecorderContext,
    readonly head: {
      kind: CapturedExchange['kind'];
      target: Target;
      method: string;
      client: CapturedClient;
      httpVersion: string;
      headers: HeaderList;
      session?: string;
      sessionSource?: 'path' | 'run';
      noted?: HeaderList;
    },
  ) {
    this.#context = context;
    const spill = (bytes: Uint8Array[]): PartLocation | null => {
      try {
        const part = context.journal.appendPart(bytes);
        if (part !== null) this.#parts.push(part);
        return part;
      } catch (error) {
        context.counters.add('journal_errors');
        context.counters.set('journal_failing', 1);
        context.onJournalError(error as Error);
        return null;
      }
    };
    this.requestTee = new BodyTee(context.bodyLimit(), spill);
    this.responseTee = new BodyTee(context.bodyLimit(), spill);
    context.counters.add('seen');
    context.counters.add('in_flight');
    context.open.set(this.id, this);
  }

  /** The time now, never before one that this exchange has: the clock may be set back while it runs. */
  #now(): Micros {
    this.#latest = Math.max(this.#latest, nowMicros());
    return this.#latest;
  }

  /** Bytes of the request. */
  requestChunk(chunk: Uint8Array): void {
    this.requestTee.add(chunk, this.#now());
  }

  get status(): number | null {
    return this.#response?.status ?? null;
  }

  informational(status: number, headers: HeaderList): void {
    if (this.#informational.length < mostInformational) this.#informational.push({ status, headers });
  }

  responseHead(status: number, statusText: string, httpVersion: string, headers: HeaderList): void {
    this.headersAt = this.#now();
    this.#response = {
      status,
      status_text: statusText,
      http_version: httpVersion,
      headers,
      informational: this.#informational,
    };
  }

  responseChunk(chunk: Uint8Array): void {
    const at = this.#now();
    this.firstByteAt ??= at;
    this.#context.counters.add('bytes_in', chunk.byteLength);
    this.responseTee.add(chunk, at);
  }

  /** Puts the exchange into the journal. Call it before the client is given the last byte. */
  finish(state: CapturedExchange['state'], error?: ErrorRecord, responseTrailers: HeaderList = []): void {
    if (this.finished) return;
    this.finished = true;
    const { head } = this;
    const context = this.#context;
    const exchange: CapturedExchange = {
      exchange_id: this.id,
      kind: head.kind,
      via: head.target.via,
      ...(head.session === undefined ? {} : { session: head.session, session_source: head.sessionSource ?? 'run' }),
      client: head.client,
      ...(head.target.upstreamName === undefined ? {} : { upstream_name: head.target.upstreamName }),
      method: head.method,
      url: head.target.url,
      request: {
        ...this.requestTee.message(head.httpVersion, withNoted(head), this.requestTrailers),
        ...(this.windows.client === undefined ? {} : { window: this.windows.client }),
      },
      ...(this.#response === undefined
        ? {}
        : {
            response: {
              ...this.#response,
              ...this.responseTee.message(this.#response.http_version, this.#response.headers, responseTrailers),
              ...(this.windows.server === undefined ? {} : { window: this.windows.server }),
            },
          }),
      started_at: this.startedAt,
      ...(this.headersAt === undefined ? {} : { headers_at: this.headersAt }),
      ...(this.firstByteAt === undefined ? {} : { first_byte_at: this.firstByteAt }),
      ended_at: this.#now(),
      state,
      ...(error === undefined ? {} : { error }),
    };
    const empty: BodySource = { parts: [], tail: [] };
    context.open.delete(this.id);
    context.counters.add('in_flight', -1);
    if (state === 'aborted') context.counters.add('aborted');
    if (state === 'failed') context.counters.add('failed');
    if (this.requestTee.truncated || this.responseTee.truncated) context.counters.add('truncated');
    try {
      context.journal.append(
        exchange,
        this.requestTee.source(),
        this.#response === undefined ? empty : this.responseTee.source(),
      );
      context.counters.add('journaled');
      context.counters.set('journal_failing', 0);
      context.onJournaled();
    } catch (cause) {
      // The traffic goes on; that this exchange is lost is counted and said.
      context.counters.add('journal_errors');
      context.counters.set('journal_failing', 1);
      context.onJournalError(cause as Error);
    } finally {
      this.requestTee.close();
      this.responseTee.close();
      context.journal.unpin(this.#parts);
    }
  }
}

/** The record of an expected failure. */
export function errorRecord(error: SluiceError): ErrorRecord {
  return {
    code: error.code,
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details as ErrorRecord['details'] }),
  };
}

const random = Buffer.alloc(16 * 256);
let used = random.length;

/** UUIDv7. Random bytes are drawn for 256 ids at once: one is made per exchange on the hot path. */
export function exchangeId(): string {
  if (used >= random.length) {
    randomFillSync(random);
    used = 0;
  }
  const bytes = random.subarray(used, used + 16);
  used += 16;
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** What the client itself says stands. */
function withNoted({ headers, noted = [] }: { headers: HeaderList; noted?: HeaderList }): HeaderList {
  const own = new Set(headers.map(([name]) => name.toLowerCase()));
  const more = noted.filter(([name]) => !own.has(name));
  return more.length === 0 ? headers : [...headers, ...more];
}
