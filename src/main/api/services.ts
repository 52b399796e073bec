import type {
  ApiToken,
  Backpressure,
  Bypass,
  Call,
  CapturedExchange,
  Decision,
  Effect,
  Exchange,
  ExchangeSummary,
  ExportOptions,
  Finalize,
  Health,
  InFlight,
  IngestEvent,
  IntakeRecord,
  Job,
  Json,
  NewToken,
  Page,
  Review,
  SavedFilter,
  SentEvent,
  Snippet,
  Status,
  Step,
  StoreAudit,
  StoredFinding,
  TelemetryTrace,
  Tick,
  TokenScope,
  ToolCall,
  Trace,
  TraceKind,
  TraceSummary,
  ValidationReport,
  ValidationSummary,
  Witness,
} from '../../shared/model/index.js';
import type { Settings } from '../../shared/settings.js';

export interface ListOptions {
  query: string;
  limit: number;
  cursor: string | null;
}

/** Reads, answered at once on the engine's main thread from its read-only connection. Unknown ids give null. */
export interface Reads {
  traces(options: ListOptions): Page<TraceSummary>;
  /** The whole trace, for REST and exports. */
  trace(traceId: string): Trace | null;
  traceSummary(traceId: string): TraceSummary | null;
  traceSteps(traceId: string, afterSeq: number, limit: number): Step[];
  traceCalls(traceId: string, cursor: string | null, limit: number): Page<Call>;
  traceToolCalls(traceId: string, cursor: string | null, limit: number): Page<ToolCall>;
  traceDecisions(traceId: string, cursor: string | null, limit: number): Page<Decision>;
  traceFindings(traceId: string, cursor: string | null, limit: number): Page<StoredFinding>;
  /** Traces whose parent is this one. */
  traceChildren(traceId: string): TraceSummary[];
  /** The whole family of a trace: what spawned it, what it spawned, segments before and after; at most 1,000. */
  traceTree(traceId: string): { nodes: TraceSummary[]; truncated: boolean } | null;
  traceEffects(traceId: string, cursor: string | null, limit: number): Page<Effect>;
  traceWitnesses(traceId: string, cursor: string | null, limit: number): Page<Witness>;
  /** Sent, but no captured model asked for it; newest first, of all traces. */
  unclaimedEffects(cursor: string | null, limit: number): Page<Effect>;
  /** What the store holds and how well it could be read; counted as it is stored, so it costs the same at any size. */
  audit(): StoreAudit;
  /** Which of these event ids the trace has already. */
  knownEvents(traceId: string, eventIds: string[]): string[];
  /** The trace that a record's key (`IntakeTrace.key`) names. */
  traceIdByKey(key: string): string | null;
  toolCalls(options: ListOptions): Page<ToolCall>;
  exchanges(options: ListOptions): Page<ExchangeSummary>;
  /** Bodies are cut at `bodyChars` UTF-16 units; `exchangeBody` pages through the rest. */
  exchange(exchangeId: string, bodyChars: number): Exchange | null;
  exchangeBody(
    exchangeId: string,
    side: 'request' | 'response',
    offset: number,
    limit: number,
  ): { text: string; total_chars: number } | null;
  /** Known values of a query field for completion, most frequent first. */
  fieldValues(
    scope: 'traces' | 'exchanges' | 'tool_calls',
    field: string,
    prefix: string,
    limit: number,
  ): { value: string; count: number }[];
  savedFilters(): SavedFilter[];
  review(traceId: string): Review | null;
}

/** Writes: carried out by the pipeline thread, the only writer. */
export interface Writes {
  /** Replaces the given fields of the review; returns what stood before and what stands now, for undo. */
  setReview(
    traceId: string,
    patch: Partial<Pick<Review, 'label' | 'rating' | 'tags' | 'note'>>,
  ): Promise<{ previous: Review; current: Review }>;
  deleteTrace(traceId: string): Promise<boolean>;
  saveFilter(filter: Pick<SavedFilter, 'scope' | 'name' | 'query'>): Promise<SavedFilter>;
  deleteFilter(filterId: string): Promise<boolean>;
}

export interface Exports {
  preview(options: ExportOptions): Promise<{ rows: Json[]; traces: number; skipped: number }>;
  /** `out` null: a new folder under the data folder's exports/. */
  start(options: ExportOptions, out: string | null): Promise<Job>;
}

export interface Jobs {
  list(cursor: string | null, limit: number): Page<Job>;
  get(jobId: string): Job | null;
  cancel(jobId: string): Promise<Job | null>;
  /** A finished job's file for download: absolute path, or null. */
  file(jobId: string, name: string): string | null;
}

/** A stored trace that something is added to. */
export interface KnownTrace {
  trace_id: string;
  kind: TraceKind;
}

export interface SubmitOptions {
  /** Waits for room instead of being refused: for imports, which have the time. */
  wait?: boolean;
  signal?: AbortSignal;
}

/** What others captured, on its way into the journal. */
export interface Intake {
  /**
   * Resolves when every record is in the journal: from then on nothing can lose it. Throws `engine_busy` with
   * `retry_after_s` in its details where the pipeline is behind; then none of the records was taken.
   */
  submit(records: IntakeRecord[], options?: SubmitOptions): Promise<void>;
  /** The same for exchanges as they went over a wire. */
  submitExchanges(exchanges: CapturedExchange[], options?: SubmitOptions): Promise<void>;
  /** Resolves when everything that is in the journal by now is stored. */
  stored(): Promise<void>;
  backpressure(): Backpressure;
  /** `retry`: what names the request among its repetitions; the same again is the same trace. */
  telemetryRecord(trace: TelemetryTrace, retry?: string): IntakeRecord & { trace: { trace_id: string } };
  eventsRecord(known: KnownTrace, events: SentEvent[], retry?: string): IntakeRecord;
  finalizeRecord(known: KnownTrace, finalize: Finalize, now: number): IntakeRecord;
  ingestRecord(sent: IngestEvent, known: KnownTrace | null, now: number): IntakeRecord;
  /** An OTLP/HTTP export request; throws `request_invalid` where it cannot be read. */
  otlpRecords(body: Uint8Array, contentType: string): OtlpRecords;
}

export interface OtlpRecords {
  records: IntakeRecord[];
  /** Spans that could not be taken, and why. */
  rejected: number;
  message: string;
  /** The answer in the encoding of the request, with `partialSuccess` where spans were rejected. */
  answer(): { body: Uint8Array | string; contentType: string };
}

/** Who a request comes from. The studio's own token has no id. */
export interface Principal {
  token_id: string | null;
  scopes: readonly TokenScope[];
}

/** Tokens besides the studio's own. */
export interface Tokens {
  /** Whose token it is, the studio's own included; null for none. Notes that it was used. */
  verify(given: unknown): Principal | null;
  list(): ApiToken[];
  /** The only time that the token itself is told. */
  create(token: NewToken): ApiToken & { token: string };
  /** False where there is none of this id. */
  revoke(tokenId: string): boolean;
}

/** Files that other programs wrote. */
export interface Imports {
  /** What can be imported. */
  list(): { id: string; title: string; description: string }[];
  /** A file on this machine; `as`: the importer, else told by content. */
  startFile(path: string, as?: string): Promise<Job>;
  /** A stream; resolves with the finished job when all of it was read and stored. */
  upload(name: string, bytes: AsyncIterable<Uint8Array>, as?: string): Promise<Job>;
}

/** What following some folders has given so far. */
export interface WatchState {
  watch_id: string;
  folders: string[];
  /** Session files that were found. */
  files: number;
  taken: number;
  duplicates: number;
  skipped: number;
  /** The first 1,000. */
  trace_ids: string[];
}

/** Session files of agents that are followed while they are written. */
export interface Watches {
  /** Absolute folders on this machine. */
  start(folders: string[]): Promise<WatchState>;
  list(): WatchState[];
  get(watchId: string): WatchState | null;
  /** Takes what is there by now, and stops. */
  end(watchId: string): Promise<WatchState | null>;
}

/** Checks of stored traces, and the schemas of what is public. */
export interface Validation {
  /** Null where there is no such trace. */
  trace(traceId: string): ValidationReport | null;
  /** A job over all traces that a query finds; its result is a `BatchValidation`. Throws `query_invalid`. */
  start(query: string): Job;
  schemas(): { name: string; version: number; title: string; id: string }[];
  schema(name: string): { [key: string]: Json } | null;
}

/** Everything the API needs of the engine; engine.ts puts it together. */
export interface Services {
  /** The studio's own token, which may do everything. */
  token: string;
  tokens: Tokens;
  intake: Intake;
  /** Starts the job that checks a trace which is whole now. */
  startFinalize(traceId: string): Job;
  health(): Health;
  status(): Status;
  metrics(): string;
  inFlight(): InFlight[];
  onTick(listener: (tick: Tick) => void): () => void;
  reads: Reads;
  writes: Writes;
  exports: Exports;
  imports: Imports;
  watches: Watches;
  validation: Validation;
  jobs: Jobs;
  settings: {
    get(): { settings: Settings; overridden: string[]; restart_needed: string[] };
    set(patch: Partial<Settings>): Promise<{ settings: Settings; overridden: string[]; restart_needed: string[] }>;
  };
  snippets(): Snippet[];
  /** From now on (and after restarts) tunnel this host. */
  tunnelHost(host: string): Promise<void>;
  /** A proxy listener whose exchanges carry this session name, for `sluice run`; closed by `endRun`. */
  startRun(session: string | null): Promise<{ run_id: string; proxy: string }>;
  /** Waits until everything the run captured is stored; returns what it gave. */
  endRun(
    runId: string,
    bypassed: Bypass[],
  ): Promise<{
    exchanges: number;
    calls: number;
    tool_calls: number;
    trace_ids: string[];
    validation: ValidationSummary;
  }>;
}
