import type {
  ApiToken,
  AuditAction,
  AuditActor,
  AuditEntry,
  AuditVerdict,
  Backpressure,
  Bypass,
  Call,
  CapturedExchange,
  CaptureHealth,
  Consent,
  ConsentEvent,
  ConsentOverview,
  ConsentState,
  DataPlace,
  Decision,
  Effect,
  ErasureReceipt,
  ErasureRequest,
  Exchange,
  ExchangeSummary,
  ExportOptions,
  FindingFilter,
  FindingPlace,
  FindingsSummary,
  GivenConsent,
  Health,
  InFlight,
  Job,
  JobLogLine,
  Json,
  KnownTrace,
  LeakOverride,
  LeakReport,
  ListedFinding,
  ListTitles,
  NewAuditEntry,
  NewToken,
  Page,
  Review,
  SavedFilter,
  SentHeads,
  SentKind,
  SentOrders,
  Snippet,
  Status,
  Step,
  StoredFinding,
  SubjectPage,
  Tick,
  TokenScope,
  ToolCall,
  TraceSummary,
  ValidationReport,
  ValidationSummary,
  Witness,
} from '../../shared/model/index.js';
import type { KnownValueInfo, NewKnownValue, PolicyFile, RedactionPolicy } from '../../shared/policy-file.js';
import type { Settings } from '../../shared/settings.js';

/** What can be extended, and how it is called. */
export interface Lists {
  titles(): ListTitles;
}

export interface ListOptions {
  query: string;
  limit: number;
  cursor: string | null;
}

/** An answer, or the same as JSON in UTF-8 where it is large: nothing on the main thread looks into it then. */
export type Large<T> = T | Uint8Array;

/** What of a trace decides what may be done with it. */
export interface TraceHead extends KnownTrace {
  started_at: string;
  finalized: boolean;
}

/**
 * Reads of the store. They run on threads of their own, so that none holds up the others. Unknown ids give null. Each may
 * throw `query_too_expensive` where it takes too long, and `engine_busy`.
 */
export interface Reads {
  traces(options: ListOptions): Promise<Large<Page<TraceSummary>>>;
  /** The whole trace as JSON in UTF-8: it may be as large as it likes, and nothing here looks into it. */
  traceJson(traceId: string): Promise<Uint8Array | null>;
  traceHead(traceId: string): Promise<TraceHead | null>;
  traceSummary(traceId: string): Promise<Large<TraceSummary> | null>;
  traceSteps(
    traceId: string,
    afterSeq: number,
    limit: number,
  ): Promise<Large<{ items: Step[]; next_cursor: number | null }>>;
  traceCalls(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<Call>>>;
  traceToolCalls(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<ToolCall>>>;
  traceDecisions(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<Decision>>>;
  traceFindings(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<StoredFinding>>>;
  /** Traces whose parent is this one. */
  traceChildren(traceId: string): Promise<Large<TraceSummary[]>>;
  /** The whole family of a trace: what spawned it, what it spawned, segments before and after; at most 1,000. */
  traceTree(traceId: string): Promise<Large<{ nodes: TraceSummary[]; truncated: boolean }> | null>;
  traceEffects(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<Effect>>>;
  traceWitnesses(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<Witness>>>;
  /** Sent, but no captured model asked for it; newest first, of all traces. */
  unclaimedEffects(cursor: string | null, limit: number): Promise<Large<Page<Effect>>>;
  /** What the store holds and how well it could be read; counted as it is stored, so it costs the same at any size. */
  captureHealth(): Promise<CaptureHealth>;
  /** Numbers of findings by kind; counted as they are stored, so it costs the same at any size. */
  findingsSummary(filter: FindingFilter): Promise<FindingsSummary>;
  /** Last stored first, each once for the exchange and placement it stands in. */
  findings(filter: FindingFilter, cursor: string | null, limit: number): Promise<Large<Page<ListedFinding>>>;
  /** Every place that a listed finding stands for. */
  findingPlaces(
    exchangeId: string,
    findingId: string,
    cursor: string | null,
    limit: number,
  ): Promise<Large<Page<FindingPlace>> | null>;
  /** Which of these event ids the trace has already. */
  knownEvents(traceId: string, eventIds: string[]): Promise<string[]>;
  /** The trace that a record's key (`IntakeTrace.key`) names. */
  traceIdByKey(key: string): Promise<string | null>;
  toolCalls(options: ListOptions): Promise<Large<Page<ToolCall>>>;
  exchanges(options: ListOptions): Promise<Large<Page<ExchangeSummary>>>;
  /** Bodies are cut at `bodyChars` UTF-16 units; `exchangeBody` pages through the rest. */
  exchange(exchangeId: string, bodyChars: number): Promise<Large<Exchange> | null>;
  /** The same as JSON in UTF-8. */
  exchangeJson(exchangeId: string, bodyChars: number): Promise<Uint8Array | null>;
  exchangeBody(
    exchangeId: string,
    side: 'request' | 'response',
    offset: number,
    limit: number,
  ): Promise<Large<{ text: string; total_chars: number }> | null>;
  /** The same as JSON in UTF-8, with `offset` and `next_offset` (null at the end). */
  exchangeBodyJson(
    exchangeId: string,
    side: 'request' | 'response',
    offset: number,
    limit: number,
  ): Promise<Uint8Array | null>;
  /** Known values of a query field for completion, most frequent first. */
  fieldValues(
    scope: 'traces' | 'exchanges' | 'tool_calls',
    field: string,
    prefix: string,
    limit: number,
  ): Promise<{ value: string; count: number }[]>;
  /** Null for an unknown trace. */
  consent(traceId: string): Promise<ConsentState | null>;
  /** Every state that it had, newest first. */
  consentHistory(traceId: string, cursor: string | null, limit: number): Promise<Large<Page<ConsentEvent>> | null>;
  /** `required`: whether the policy that holds asks for one. */
  consentOverview(required: boolean): Promise<ConsentOverview>;
  savedFilters(): Promise<SavedFilter[]>;
  review(traceId: string): Promise<Review | null>;
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
  /** Throws `query_too_expensive`. */
  preview(options: ExportOptions): Promise<Large<{ rows: Json[]; traces: number; skipped: number }>>;
  /** `out` null: a new folder under the data folder's exports/. */
  start(
    options: ExportOptions,
    out: string | null,
    order: { actor: AuditActor; allow_leaks: LeakOverride | null },
  ): Promise<Job>;
}

/** What the second look at exports found. Null where there is no such export, report or row. */
export interface Leaks {
  /** Checks what is there already. Throws `export_unreadable`. */
  start(path: string, seed: number): Promise<Job>;
  report(jobId: string): Promise<LeakReport | null>;
  /** A row that was drawn for review, by its place among them, as it stands in the file. */
  sampleRow(jobId: string, index: number): Promise<{ text: string; cut: boolean } | null>;
}

export interface Jobs {
  /** `kind`: only those. */
  list(cursor: string | null, limit: number, kind?: string | null): Page<Job>;
  get(jobId: string): Job | null;
  cancel(jobId: string): Promise<Job | null>;
  /** A finished job's file for download: absolute path, or null. */
  file(jobId: string, name: string): string | null;
  /** Every kind of job there is. */
  kinds(): { id: string; title: string }[];
  /** Lines of a job's log behind number `after`; with `follow` also those to come, until it is over. Null: no such job. */
  log(jobId: string, after: number, follow: boolean, signal: AbortSignal): AsyncGenerator<JobLogLine> | null;
}

export interface SubmitOptions {
  /** Waits for room instead of being refused: for imports, which have the time. */
  wait?: boolean;
  signal?: AbortSignal;
}

/** What others captured, on its way into the journal. */
export interface Intake {
  /**
   * Resolves when every exchange is in the journal: from then on nothing can lose it. Throws `engine_busy` with
   * `retry_after_s` in its details where the pipeline is behind; then none of them was taken.
   */
  submitExchanges(exchanges: CapturedExchange[], options?: SubmitOptions): Promise<void>;
  /** Resolves when everything that is in the journal by now is stored. */
  stored(): Promise<void>;
  backpressure(): Backpressure;
  /**
   * Reads a body that a program sent, where it holds up nobody, and hands its head to `use`, which decides what is made of
   * it. `blocks`: what it consists of; their memory is the reader's from then on. Throws `request_invalid`, `validation_failed`, `media_type_unsupported`, `body_too_large`, `body_too_expensive`.
   */
  open<K extends SentKind, T>(
    kind: K,
    blocks: Uint8Array[],
    how: { contentType: string; encoding: string },
    use: (opened: OpenedBody<K>) => Promise<T>,
  ): Promise<T>;
}

export interface OpenedBody<K extends SentKind> {
  head: SentHeads[K];
  /** Puts what it holds into the journal, as `submitExchanges` does. Resolves with the trace of the first record. */
  submit(order: SentOrders[K], sender: { id: string | null; admin: boolean }): Promise<{ trace_id: string | null }>;
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
  /** Null where there is no such trace. Throws `query_too_expensive`. */
  trace(traceId: string): Promise<Large<ValidationReport> | null>;
  /** A job over all traces that a query finds; its result is a `BatchValidation`. Throws `query_invalid`. */
  start(query: string): Job;
  schemas(): { name: string; version: number; title: string; id: string }[];
  schema(name: string): { [key: string]: Json } | null;
}

/** What somebody may have to answer for, written down in a chain of hashes. */
export interface AuditLog {
  /** Resolves when the entry is on disk. Values and content never go into it. */
  record(entry: NewAuditEntry): Promise<AuditEntry>;
  /** For what happens often: its first time in an hour is an entry, what follows in that hour is one more with the count. */
  count(entry: Pick<NewAuditEntry, 'action' | 'actor' | 'details'>, times?: number): Promise<void>;
  /** Newest first; `actions` leaves only these. Throws `cursor_invalid`. */
  list(cursor: string | null, limit: number, actions?: readonly AuditAction[]): Promise<Page<AuditEntry>>;
  verify(): Promise<AuditVerdict>;
}

/** The redaction policy that holds. */
export interface PolicyService {
  get(): {
    /** Every field filled in from preset and defaults. */
    policy: RedactionPolicy;
    /** What the file says itself. */
    file: PolicyFile;
    path: string;
    /** Why the file as it lies there is not what holds; empty where it is. */
    problems: string[];
  };
  /** What a file would change, by the names of fields and entities. Throws `policy_invalid`. */
  check(file: unknown): { policy: RedactionPolicy; changed: string[]; stricter: boolean };
  /**
   * Writes the file; it holds from the next exchange on. `job`: redacts anew what is stored, where the policy became
   * stricter. Throws `policy_invalid`, and then nothing is changed.
   */
  set(file: unknown, actor: AuditActor): Promise<PolicyChange>;
  /** From now on the value with this pseudonym is kept. Throws `validation_failed` where it is no pseudonym. */
  allow(pseudonym: string, actor: AuditActor): Promise<PolicyChange>;
}
export interface PolicyChange {
  policy: RedactionPolicy;
  changed: string[];
  job: Job | null;
}

/** Values that must never be stored; they come in here and never out. */
export interface VaultService {
  list(cursor: string | null, limit: number): Page<KnownValueInfo>;
  /** `job`: redacts anew what is stored; null where the value was there already. */
  add(value: NewKnownValue, actor: AuditActor): Promise<{ value: KnownValueInfo; job: Job | null }>;
  /** False where there is none of this id. */
  remove(valueId: string, actor: AuditActor): Promise<boolean>;
}

/** The right to use traces: who gave it, for what, under which licence. */
export interface ConsentService {
  /** Null forgets what was said of the trace itself: it goes by what it came of again. */
  set(traceId: string, given: GivenConsent | null, actor: AuditActor): Promise<ConsentState | null>;
  /** The same for everything that a query finds, as a job. Throws `query_invalid`. */
  startSet(query: string, given: GivenConsent | null, actor: AuditActor): Job;
  /** As it may travel with what a program sends: no plain name in it. */
  given(given: GivenConsent, actor: AuditActor, source: string): Consent;
}

/** Deletes the oldest by the rules of the settings. */
export interface RetentionService {
  /** A job whose result is a `RetentionReport`; `dryRun` only counts. */
  start(dryRun: boolean, actor: AuditActor): Job;
}

/** Redacting anew and erasing what is stored; what is held on somebody, and where everything lies. */
export interface PrivacyService {
  startRescan(actor: AuditActor): Job;
  /** Throws `query_invalid`. The receipt has the id that is returned, once the job is done. */
  startErasure(request: ErasureRequest, actor: AuditActor): Promise<{ erasure_id: string; job: Job }>;
  /** Newest first. */
  receipts(cursor: string | null, limit: number): Promise<Page<ErasureReceipt>>;
  receipt(erasureId: string): Promise<ErasureReceipt | null>;
  /** Where the values are held, never what stands there. Ask with `next_cursor` until it is null. */
  searchSubject(values: string[], cursor: string | null): Promise<SubjectPage>;
  /** Writes all that is held on the subject into a file; the job's result names it. */
  exportSubject(values: string[], actor: AuditActor): Job;
  places(): Promise<DataPlace[]>;
}

/** Everything the API needs of the engine; the engine's parts give it. */
export interface Services {
  /** The studio's own token, which may do everything. */
  token: string;
  tokens: Tokens;
  audit: AuditLog;
  consent: ConsentService;
  retention: RetentionService;
  policy: PolicyService;
  vault: VaultService;
  privacy: PrivacyService;
  intake: Intake;
  /** Starts the job that checks a trace which is whole now. */
  startFinalize(traceId: string): Job;
  health(): Health;
  status(): Status;
  /** The longest that the main thread held up others since this was last asked, in seconds. */
  loopDelay(): number;
  inFlight(): InFlight[];
  onTick(listener: (tick: Tick) => void): () => void;
  reads: Reads;
  writes: Writes;
  exports: Exports;
  leaks: Leaks;
  imports: Imports;
  lists: Lists;
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
  /**
   * A proxy listener whose exchanges carry this session name, for `sluice run`; closed by `endRun`. `consent`: of the
   * traces that it opens; what it leaves out is as the default of the settings has it. `pid`: the process that it is for;
   * once that is gone, the run is ended.
   */
  startRun(
    session: string | null,
    consent: GivenConsent | null,
    pid?: number | null,
  ): Promise<{ run_id: string; proxy: string }>;
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
