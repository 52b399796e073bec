import type {
  Call,
  Decision,
  Exchange,
  ExchangeSummary,
  ExportOptions,
  Health,
  InFlight,
  Job,
  Json,
  Page,
  Review,
  SavedFilter,
  Snippet,
  Status,
  Step,
  StoredFinding,
  Tick,
  ToolCall,
  Trace,
  TraceSummary,
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

/** Everything the API needs of the engine; engine.ts puts it together. */
export interface Services {
  token: string;
  health(): Health;
  status(): Status;
  metrics(): string;
  inFlight(): InFlight[];
  onTick(listener: (tick: Tick) => void): () => void;
  reads: Reads;
  writes: Writes;
  exports: Exports;
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
  endRun(runId: string): Promise<{ exchanges: number; calls: number; tool_calls: number; trace_ids: string[] }>;
}
