import type {
  Call,
  ChatMessage,
  ConsentEvent,
  ConsentState,
  Decision,
  Effect,
  Exchange,
  ExchangeSummary,
  FindingFilter,
  FindingPlace,
  FindingsSummary,
  Job,
  ListedFinding,
  Page,
  Review,
  SavedFilter,
  Step,
  StoreAudit,
  StoredFinding,
  ToolCall,
  Trace,
  TraceSummary,
  Witness,
} from '../../shared/model/index.js';
import { fromIso } from '../../shared/model/index.js';
import type { QueryScope } from '../../shared/query/index.js';
import { openForReading } from './connection.js';
import { count, type Found, find } from './find/find.js';
import { recordLookups } from './lookups/records.js';
import { audit } from './read/audit.js';
import { ConsentReads } from './read/consent.js';
import { DroppedEntities } from './read/dropped.js';
import { Effects } from './read/effects.js';
import { ExchangePage } from './read/exchange-page.js';
import { fieldValues } from './read/field-values.js';
import { FindingList } from './read/finding-list.js';
import { job, jobs, savedFilters } from './read/jobs.js';
import { type ListOptions, Lists } from './read/lists.js';
import { RetentionReads } from './read/retention.js';
import { type SessionSummary, sessionSummary } from './read/session-summary.js';
import { TracePage } from './read/trace-page.js';
import { type TraceTree, traceTree } from './read/trace-tree.js';
import { Statements } from './statements.js';

type Side = 'request' | 'response';

/** Reads of the store; they never block the writer. Unknown ids give null or nothing. */
export interface StoreReader {
  traces(options: ListOptions): Page<TraceSummary>;
  trace(traceId: string): Trace | null;
  traceSummary(traceId: string): TraceSummary | null;
  traceSteps(traceId: string, afterSeq: number, limit: number): Step[];
  traceCalls(traceId: string, cursor: string | null, limit: number): Page<Call>;
  traceToolCalls(traceId: string, cursor: string | null, limit: number): Page<ToolCall>;
  traceDecisions(traceId: string, cursor: string | null, limit: number): Page<Decision>;
  traceFindings(traceId: string, cursor: string | null, limit: number): Page<StoredFinding>;
  traceChildren(traceId: string): TraceSummary[];
  traceEffects(traceId: string, cursor: string | null, limit: number): Page<Effect>;
  traceWitnesses(traceId: string, cursor: string | null, limit: number): Page<Witness>;
  /** Sent, but no captured model asked for it; newest first, of all traces. */
  unclaimedEffects(cursor: string | null, limit: number): Page<Effect>;
  /** The whole family of a trace, at most 1,000 of it. */
  traceTree(traceId: string): TraceTree | null;
  audit(): StoreAudit;
  /** Numbers of findings by kind; they cost the same at any size of the store. */
  findingsSummary(filter: FindingFilter): FindingsSummary;
  findings(filter: FindingFilter, cursor: string | null, limit: number): Page<ListedFinding>;
  findingPlaces(exchangeId: string, findingId: string, cursor: string | null, limit: number): Page<FindingPlace> | null;
  /** Which of these event ids the trace has already. */
  knownEvents(traceId: string, eventIds: string[]): string[];
  /** The trace that a record's key names. */
  traceIdByKey(key: string): string | null;
  toolCalls(options: ListOptions): Page<ToolCall>;
  exchanges(options: ListOptions): Page<ExchangeSummary>;
  exchange(exchangeId: string, bodyChars: number): Exchange | null;
  exchangeBody(
    exchangeId: string,
    side: Side,
    offset: number,
    limit: number,
  ): { text: string; total_chars: number } | null;
  fieldValues(scope: QueryScope, field: string, prefix: string, limit: number): { value: string; count: number }[];
  savedFilters(): SavedFilter[];
  review(traceId: string): Review | null;
  consent(traceId: string): ConsentState | null;
  /** Every state a consent had, newest first. */
  consentHistory(traceId: string, cursor: string | null, limit: number): Page<ConsentEvent> | null;
  /** What is old enough to go, oldest first. */
  retention: Pick<RetentionReads, 'traces' | 'exchanges' | 'keptLabelled' | 'finishedJobs' | 'use'>;
  /** Entities that a trace held and that exports leave out, by the policy they were found under. */
  droppedEntities(traceId: string): string[];
  /** The exact messages of a call, for exports that need them as they were. */
  callMessages(callId: string): { request: ChatMessage[]; response: ChatMessage[] } | null;
  /** Bytes that were kept under encryption only. */
  sealedBody(exchangeId: string, side: Side): { bytes: Buffer; media_type: string } | null;
  /** When the events of a stream came, in microseconds since the epoch. */
  eventTimes(exchangeId: string, side: Side): number[] | null;
  /** Every trace that a query matches, newest first, one at a time; ends early when the signal is aborted. */
  iterateTraces(query: string, signal?: AbortSignal): Iterable<Trace>;
  countTraces(query: string): number;
  exchangeCount(): number;
  /** What came of a named session since `from` (ISO-8601). */
  sessionSummary(session: string, from: string): SessionSummary;
  jobs(cursor: string | null, limit: number): Page<Job>;
  job(jobId: string): Job | null;
  close(): void;
}

/**
 * Opens the store for reading, beside its writer and in any process.
 * @throws SluiceError `data_dir_newer`, `data_dir_unwritable`, `key_invalid`
 */
export function openReader(path: string, { sealKey }: { sealKey: Uint8Array }): StoreReader {
  const db = openForReading(path);
  const now = () => Date.now() * 1000;
  const statements = new Statements(db);
  const lists = new Lists(statements, now);
  const tracePage = new TracePage(statements);
  const effects = new Effects(statements);
  const records = recordLookups(statements);
  const exchangePage = new ExchangePage(statements, sealKey);
  const consents = new ConsentReads(statements);
  const findingList = new FindingList(statements, sealKey);
  const dropped = new DroppedEntities(statements);

  /** One state of the database for all statements of an answer, whatever the writer commits meanwhile. */
  const snapshot = <T>(read: () => T): T => db.transaction(read)();

  function* iterateTraces(query: string, signal?: AbortSignal): Generator<Trace> {
    let cursor: string | null = null;
    const started = now();
    do {
      const found: Found = find(statements, { scope: 'traces', query, limit: 100, cursor, now: started });
      for (const id of found.ids) {
        if (signal?.aborted) return;
        const trace = snapshot(() => tracePage.wholeById(id));
        if (trace) yield trace;
      }
      cursor = found.next_cursor;
    } while (cursor !== null);
  }

  return {
    traces: (options) => snapshot(() => lists.traces(options)),
    trace: (traceId) => snapshot(() => tracePage.whole(traceId)),
    traceSummary: (traceId) => snapshot(() => tracePage.summary(traceId)),
    traceSteps: (traceId, afterSeq, limit) => snapshot(() => tracePage.steps(traceId, afterSeq, limit)),
    traceCalls: (traceId, cursor, limit) => snapshot(() => tracePage.calls(traceId, cursor, limit)),
    traceToolCalls: (traceId, cursor, limit) => snapshot(() => tracePage.toolCalls(traceId, cursor, limit)),
    traceDecisions: (traceId, cursor, limit) => snapshot(() => tracePage.decisions(traceId, cursor, limit)),
    traceFindings: (traceId, cursor, limit) => snapshot(() => tracePage.findings(traceId, cursor, limit)),
    traceChildren: (traceId) => snapshot(() => tracePage.children(traceId)),
    traceEffects: (traceId, cursor, limit) => snapshot(() => effects.ofTrace(traceId, cursor, limit)),
    traceWitnesses: (traceId, cursor, limit) => snapshot(() => effects.witnesses(traceId, cursor, limit)),
    unclaimedEffects: (cursor, limit) => snapshot(() => effects.unclaimed(cursor, limit)),
    traceTree: (traceId) => snapshot(() => traceTree(statements, traceId)),
    audit: () => snapshot(() => audit(statements)),
    findingsSummary: (filter) => snapshot(() => findingList.summary(filter)),
    droppedEntities: (traceId) => snapshot(() => dropped.of(traceId)),
    findings: (filter, cursor, limit) => snapshot(() => findingList.list(filter, cursor, limit)),
    findingPlaces: (exchangeId, findingId, cursor, limit) =>
      snapshot(() => findingList.places(exchangeId, findingId, cursor, limit)),
    knownEvents: (traceId, eventIds) => snapshot(() => eventIds.filter((id) => records.hasEvent(traceId, id))),
    traceIdByKey: (key) => records.byTraceKey(key)?.trace_id ?? null,
    toolCalls: (options) => snapshot(() => lists.toolCalls(options)),
    exchanges: (options) => snapshot(() => lists.exchanges(options)),
    exchange: (exchangeId, bodyChars) => snapshot(() => exchangePage.exchange(exchangeId, bodyChars)),
    exchangeBody: (exchangeId, side, offset, limit) =>
      snapshot(() => exchangePage.body(exchangeId, side, offset, limit)),
    fieldValues: (scope, field, prefix, limit) => snapshot(() => fieldValues(statements, scope, field, prefix, limit)),
    savedFilters: () => snapshot(() => savedFilters(statements)),
    review: (traceId) => snapshot(() => tracePage.review(traceId)),
    consent: (traceId) => snapshot(() => consents.state(traceId)),
    consentHistory: (traceId, cursor, limit) => snapshot(() => consents.history(traceId, cursor, limit)),
    retention: new RetentionReads(statements),
    callMessages: (callId) => snapshot(() => tracePage.messages(callId)),
    sealedBody: (exchangeId, side) => snapshot(() => exchangePage.sealedBody(exchangeId, side)),
    eventTimes: (exchangeId, side) => snapshot(() => exchangePage.eventTimes(exchangeId, side)),
    iterateTraces,
    exchangeCount: () => count(statements, 'exchanges', '', now()),
    countTraces: (query) => count(statements, 'traces', query, now()),
    sessionSummary: (session, from) => snapshot(() => sessionSummary(statements, session, fromIso(from))),
    jobs: (cursor, limit) => jobs(statements, cursor, limit),
    job: (jobId) => job(statements, jobId),
    close: () => db.close(),
  };
}
