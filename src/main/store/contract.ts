import type {
  Assembled,
  Call,
  CaptureHealth,
  Compared,
  Comparison,
  Consent,
  ConsentEvent,
  ConsentState,
  Corrected,
  Correction,
  Decision,
  Effect,
  Exchange,
  ExchangeHit,
  ExchangeSummary,
  Expansion,
  FindingFilter,
  FindingPlace,
  FindingsSummary,
  ItemDecision,
  Job,
  Json,
  Judgement,
  JudgementSent,
  KeptReply,
  LabelLine,
  LineageReader,
  ListedFinding,
  ListHit,
  ModelCall,
  ModelCallContent,
  ModelSpending,
  ModelUsage,
  NewModelCall,
  Page,
  PairJudgement,
  PairSent,
  ProbeResult,
  QaRun,
  Queue,
  QueueItem,
  QueueSettings,
  RetentionGuard,
  Review,
  ReviewAct,
  SavedFilter,
  Step,
  StepLabel,
  StoredFinding,
  ToolCall,
  ToolCallId,
  ToolCallVerdict,
  Trace,
  TraceHits,
  TraceLabels,
  TracePurpose,
  TraceSummary,
  TypedFinding,
  Undone,
  Witness,
} from '../../shared/model/index.js';
import type { QueryScope } from '../../shared/query/index.js';
import type { ReviewChange, ReviewField } from '../../shared/review-change.js';
import type { NewExpansion } from './commands/expansions.js';
import type { NewJudgement, NewPair } from './commands/judgements.js';
import type { NearCommands } from './commands/near.js';
import type { NewQuality } from './commands/quality.js';
import type { giveBack } from './commands/retention.js';
import type { LabelLineResult } from './commands/review/import.js';
import type { NewStepLabel } from './commands/review/labels.js';
import type { Candidate } from './commands/review/queues.js';
import type { ReviewPatch } from './commands/review/reviews.js';
import type { createRewriter } from './commands/rewrite/index.js';
import type { NewFilter } from './commands/saved-filters.js';
import type { Score } from './commands/scores.js';
import type { Counts } from './counts/counters.js';
import type { TraceBeginning } from './read/beginning.js';
import type { ExpansionReads } from './read/expansions.js';
import type { FinishedToolCalls } from './read/finished.js';
import type { JudgementReads } from './read/judgements.js';
import type { ListOptions } from './read/lists.js';
import type { NearReads } from './read/near.js';
import type { QaRunReads } from './read/qa-runs.js';
import type { QualityReads } from './read/quality.js';
import type { RetentionReads } from './read/retention.js';
import type { ReviewFacts } from './read/review/facts.js';
import type { JudgedField, Judgements } from './read/review/judgements.js';
import type { ItemFilter, NextCandidates, Progress } from './read/review/queues.js';
import type { Sibling } from './read/review/siblings.js';
import type { StoredMessages } from './read/trace-page.js';
import type { TraceTree } from './read/trace-tree.js';
import type { SavedTopic } from './save/assembled.js';
import type { JournalCursor } from './sqlite/cursor-state.js';

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
  /** Where each of these traces has words of the query first; those that have none are left out. */
  listHits(query: string, traceIds: string[]): ListHit[];
  /** The same of exchanges: in what they were asked, answered, or addressed. */
  exchangeHits(query: string, exchangeIds: string[]): ExchangeHit[];
  /** Where a trace has a text, letter by letter: see `textSearch`. */
  traceHits(traceId: string, text: string, whole: boolean): TraceHits;
  /** Sent, but no captured model asked for it; newest first, of all traces. */
  unclaimedEffects(cursor: string | null, limit: number): Page<Effect>;
  /** The whole family of a trace, at most 1,000 of it. */
  traceTree(traceId: string): TraceTree | null;
  captureHealth(): CaptureHealth;
  /** Numbers of findings by kind; they cost the same at any size of the store. */
  findingsSummary(filter: FindingFilter): FindingsSummary;
  findings(filter: FindingFilter, cursor: string | null, limit: number): Page<ListedFinding>;
  findingPlaces(exchangeId: string, findingId: string, cursor: string | null, limit: number): Page<FindingPlace> | null;
  /** Which of these event ids the trace has already. */
  knownEvents(traceId: string, eventIds: string[]): string[];
  /** The trace that a record's key names. */
  traceIdByKey(key: string): string | null;
  toolCalls(options: ListOptions): Page<ToolCall>;
  /** Tool calls in the order in which they finished, behind `after`; `session`: those of its calls, null in place of others. */
  finishedToolCalls: FinishedToolCalls['behind'];
  /** Where the last one stands in that order; 0 where there is none. */
  lastFinished(): number;
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
  /** All that reviewers said of a trace besides its review. */
  labels(traceId: string): TraceLabels | null;
  /** Lines of the label file of a page of the traces of which something was said, each with its `type`. */
  labelLines(options: ListOptions): Page<Json>;
  queues(): Queue[];
  queue(name: string): Queue | null;
  queueProgress(name: string): Progress | null;
  queueItems(filter: ItemFilter, cursor: string | null, limit: number): Page<QueueItem>;
  /** What a reviewer may get next, in the queue's order; null where there is no such queue. */
  queueNext(name: string, reviewer: string, otherThan: string | null): NextCandidates | null;
  /** Whether a reviewer is judging a trace without what was said of it. */
  blindFor(traceId: string, reviewer: string): boolean;
  /** Ids of all such traces. */
  blindTraces(reviewer: string): string[];
  /** What a reviewer did, newest first. */
  reviewActs(reviewer: string, cursor: string | null, limit: number): Page<ReviewAct>;
  /** What was said of the same units, and by whom; null: in all queues and outside of them. */
  judgements(queue: string | null, field: JudgedField, traceIds?: readonly string[]): Judgements;
  /** What judges said, newest first; `rubric` null: by all. */
  /** Reasoning that models wrote of a trace’s calls, newest first; of one call. */
  traceExpansions: ExpansionReads['ofTrace'];
  expansion: ExpansionReads['of'];
  judgementList: JudgementReads['list'];
  traceJudgements: JudgementReads['ofTrace'];
  judgement: JudgementReads['get'];
  judgementSent: JudgementReads['sent'];
  judgePairs: JudgementReads['pairs'];
  judgePair: JudgementReads['pair'];
  judgePairSent: JudgementReads['pairSent'];
  /** What trust in judges is worked out of. */
  judgedRows: JudgementReads['judged'];
  judgeProbes: JudgementReads['probes'];
  /** Runs of tests, newest first. */
  qaRuns: QaRunReads['list'];
  qaRun: QaRunReads['get'];
  qaTask: QaRunReads['task'];
  /** What a run that was cut off goes on from. */
  qaKept: QaRunReads['kept'];
  /** Without its tests and the rest of it. */
  qaRunHead: QaRunReads['head'];
  /** A few of those that went with their traces and whose lines may still stand in logs of jobs. */
  goneQaRuns: QaRunReads['gone'];
  /** What a change of many reviews did. */
  bulkChanges(bulk: string): { changed: number; fields: { [field: string]: number } };
  /** What suggestions rest on. */
  reviewFacts(traceId: string): ReviewFacts | null;
  /** The JSON Schema of a tool as a call offered it. */
  toolSchema(callId: string, name: string): Json | undefined;
  /** What a trace or one of its calls can be compared with. */
  siblings(traceId: string, callId: string | null, cursor: string | null, limit: number): Page<Sibling> | null;
  consent(traceId: string): ConsentState | null;
  /** Every state a consent had, newest first. */
  consentHistory(traceId: string, cursor: string | null, limit: number): Page<ConsentEvent> | null;
  /** What is old enough to go, oldest first. */
  retention: Pick<RetentionReads, 'traces' | 'exchanges' | 'keptLabelled' | 'finishedJobs' | 'use'>;
  /** What near-duplicates are found by. */
  near: Pick<NearReads, 'matching' | 'unsigned' | 'signed' | 'shingles' | 'memberships' | 'links' | 'compared'>;
  /** Scores of the rules. */
  quality: Pick<QualityReads, 'changed' | 'all' | 'domain'>;
  /** `version`: of the rules as they are now. */
  traceQuality: QualityReads['of'];
  qualityValues: QualityReads['values'];
  nearClusters: NearReads['clusters'];
  nearMembers: NearReads['members'];
  /** Entities that a trace held and that exports leave out, by the policy they were found under. */
  droppedEntities(traceId: string): string[];
  /** The exact messages of a call, for exports that need them as they were. */
  callMessages(callId: string): StoredMessages | null;
  /** Bytes that were kept under encryption only. */
  sealedBody(exchangeId: string, side: Side): { bytes: Buffer; media_type: string } | null;
  /** When the events of a stream came, in microseconds since the epoch. */
  eventTimes(exchangeId: string, side: Side): number[] | null;
  /** Every trace that a query matches (with `traceIds`: only these of them), newest first, one at a time; ends early when the signal is aborted. */
  iterateTraces(query: string, signal?: AbortSignal, traceIds?: readonly string[]): Iterable<Trace>;
  /** The same, of long traces their beginning alone: what can be read and shown in a moment. */
  iterateBeginnings(query: string, signal?: AbortSignal, traceIds?: readonly string[]): Iterable<TraceBeginning>;
  /** `without`: not these. */
  countTraces(query: string, traceIds?: readonly string[], without?: readonly string[]): number;
  exchangeCount(): number;
  /** Newest first; `kind`: only those. */
  jobs(cursor: string | null, limit: number, kind?: string | null): Page<Job>;
  job(jobId: string): Job | null;
  /** Grows with each erasure and stricter policy: what calls said before is gone. */
  modelGeneration(): number;
  /** What an equal call was answered; `key`: SHA-256 in hex. */
  modelReply(key: string): KeptReply | null;
  /** Newest first. */
  modelCalls(profile: string | null, cursor: string | null, limit: number): Page<ModelCall>;
  modelCall(callId: string): ModelCallContent | null;
  /** By profile, of calls since then (microseconds). */
  modelUsage(since: number): { [profile: string]: ModelUsage };
  modelSpent(account: string): ModelSpending;
  close(): void;
}

/** What others may change in the store. Each is one transaction of its own, or part of the one that is open. */
export interface StoreCommands {
  /** What a person says of what a trace was made for; null takes it away. Resolves with what it has then. */
  setPurpose(traceId: string, purpose: Partial<TracePurpose>): Promise<TracePurpose>;
  /** What a person says the repository of a trace is (`metadata.repo`); null: it has none. What programs send later leaves it so. */
  setRepository(traceId: string, repo: { [field: string]: string } | null): Promise<void>;
  /** What has the same `bulk` is taken back together. */
  setReview(
    traceId: string,
    patch: ReviewPatch,
    reviewer: string,
    bulk?: string,
  ): Promise<{ previous: Review; current: Review }>;
  /** The same change of some; what one `bulk` did is taken back together, and not done twice. Resolves with what is other now. */
  setReviews(
    traceIds: string[],
    change: ReviewChange,
    by: { reviewer: string; bulk: string },
  ): Promise<{ trace_id: string; fields: ReviewField[] }[]>;
  correct(traceId: string, what: Corrected, comment: string, reviewer: string): Promise<Correction>;
  editCorrection(correctionId: string, what: Corrected, comment: string, reviewer: string): Promise<Correction>;
  labelStep(traceId: string, label: NewStepLabel, reviewer: string): Promise<StepLabel>;
  /** -1 for a step and 1 for what the agent did before it; resolves with how many labels were set, and taken away behind it. */
  firstWrongStep(
    traceId: string,
    stepId: string,
    comment: string,
    reviewer: string,
  ): Promise<{ labelled: number; removed: number }>;
  compare(
    a: Compared,
    b: Compared,
    preferred: Comparison['preferred'],
    reason: string,
    reviewer: string,
  ): Promise<Comparison>;
  /** `ofOthers`: what another reviewer said may go too. @throws SluiceError `label_of_another` */
  removeLabel(
    entity: 'correction' | 'step_label' | 'comparison',
    id: string,
    by: { reviewer: string; ofOthers: boolean },
  ): Promise<boolean>;
  /** Lines of a label file, each whole or not at all; those of one `bulk` are taken back together. */
  importLabels(
    lines: LabelLine[],
    by: { reviewer: string; bulk: string; ofOthers: boolean },
  ): Promise<LabelLineResult[]>;
  createQueue(name: string, settings: QueueSettings, reviewer: string): Promise<Queue>;
  changeQueue(name: string, patch: Partial<QueueSettings>, reviewer: string): Promise<Queue>;
  deleteQueue(name: string, reviewer: string): Promise<boolean>;
  /** The first of these that is still free becomes the reviewer's. */
  assignItem(name: string, candidates: Candidate[], reviewer: string): Promise<QueueItem | null>;
  submitItem(
    name: string,
    itemId: string,
    decision: Partial<ItemDecision>,
    spentMs: number | null,
    reviewer: string,
  ): Promise<QueueItem>;
  keepDraft(name: string, itemId: string, draft: ItemDecision, reviewer: string): Promise<QueueItem>;
  skipItem(name: string, itemId: string, spentMs: number | null, reviewer: string): Promise<QueueItem>;
  reopenItem(name: string, itemId: string, reviewer: string): Promise<QueueItem>;
  /** Says a review's fields and labels of steps as one act. */
  acceptSuggested(traceId: string, patch: ReviewPatch | null, steps: NewStepLabel[], reviewer: string): Promise<void>;
  /** Takes the reviewer's last act back, or a page of it. */
  undoReview(reviewer: string): Promise<Undone & { more: boolean }>;
  redoReview(reviewer: string): Promise<Undone & { more: boolean }>;
  /** Null: what they came of says it again. Resolves with how many of the traces there are; give at most 500. */
  setConsents(traceIds: string[], consent: Consent | null): Promise<number>;
  /** Consent of traces that are opened from now on: those of a session, or (null) those that no other rule names. */
  setConsentRule(session: string | null, consent: Consent | null): Promise<void>;
  deleteTrace(traceId: string): Promise<boolean>;
  /** A few of the oldest: those of these traces that may still go. Resolves with what went. */
  deleteOldTraces(traceIds: string[], guard: RetentionGuard): Promise<{ traces: number; exchanges: number }>;
  /** Those of these exchanges that belong to no trace. */
  deleteLooseExchanges(exchangeIds: string[]): Promise<number>;
  /** Records of finished jobs that were made before (microseconds), but of exports; and runs of tests that no trace holds. */
  deleteOldJobs(before: number): Promise<number>;
  /** One step of making free what deleted words left in the text index; `begin` with the first. */
  tidyTexts(begin: boolean): Promise<{ more: boolean }>;
  /** One step of giving free space back to the file system. */
  giveBackSpace(): Promise<ReturnType<typeof giveBack>>;
  saveFilter(filter: NewFilter): Promise<SavedFilter>;
  deleteFilter(filterId: string): Promise<boolean>;
  saveJob(job: Job): Promise<void>;
  saveModelCall(call: NewModelCall): Promise<void>;
  addScore(traceId: string, score: Score): Promise<void>;
  /** A judgement with its score, and of the main rubric the trace’s `qa_results`; `sent`: what the models were sent. */
  saveJudgement(made: NewJudgement, sent: JudgementSent['sent']): Promise<Judgement>;
  /** Why a judge said nothing of a trace’s reasoning: in its `qa_results`, where no score of it stands. */
  noteUnjudged(traceId: string, reason: string): Promise<void>;
  /** Two traces beside each other; `sent`: what the model was sent. */
  savePair(made: NewPair, sent: PairSent['sent']): Promise<PairJudgement>;
  saveProbe(result: ProbeResult): Promise<void>;
  /** Reasoning of a call, in the place of what was written of it before; `cached`: the same stays as it is. Null: the call is gone. */
  saveExpansion(made: NewExpansion, cached: boolean): Promise<Expansion | null>;
  /** Adds a run of tests that waits; one that was begun stays as it is. Rejects with `not_found` where its trace is gone. */
  beginQaRun(run: QaRun): Promise<void>;
  /**
   * Replaces a run, whose texts have passed the gate. Once it is done it is told in its trace: `qa_results`, a step, a score. This
   * and the next two reject with `not_found` where it is gone.
   */
  saveQaRun(run: QaRun): Promise<void>;
  /** What it goes on from where it is cut off. */
  keepQaRun(runId: string, kept: Json): Promise<void>;
  /** It has failed; what else stands of it stays as it stands. */
  failQaRun(runId: string, reason: string): Promise<void>;
  /** What these runs of deleted traces wrote is nowhere any more. */
  forgetGoneQaRuns(runIds: string[]): Promise<void>;
  /** Runs under way that no job of these goes on with have failed; resolves with how many that were. */
  endLostQaRuns(liveJobs: string[]): Promise<number>;
  /** Give at most 100 traces. */
  saveQuality(scored: NewQuality[]): Promise<void>;
  signNear(...signed: Parameters<NearCommands['sign']>): Promise<void>;
  /** Give at most 1,000 members. */
  clusterNear(...change: Parameters<NearCommands['cluster']>): Promise<void>;
  /** Values in what a user typed, replaced before it was stored. */
  addTypedFindings(findings: TypedFinding[]): Promise<void>;
  /** What a person says of how a tool call ended; resolves with what was said before. */
  judgeToolCall(which: ToolCallId, verdict: ToolCallVerdict | null): Promise<{ previous: ToolCallVerdict | null }>;
  /** One step of looking through what older rules, or none, have judged. */
  rederiveToolCalls(): Promise<{ more: boolean; changed: boolean }>;
  /**
   * What still runs of these traces was interrupted: who ran them has ended, and with which code, where that is known: it stands in
   * their metadata then (`exit_code`). Resolves with how many were interrupted.
   */
  endRunning(traceIds: string[], exitCode?: number): Promise<number>;
}

/** The names of all commands, for those who carry them over to another thread. */
export const storeCommandNames = {
  setReview: true,
  setPurpose: true,
  setRepository: true,
  setReviews: true,
  correct: true,
  editCorrection: true,
  labelStep: true,
  firstWrongStep: true,
  compare: true,
  removeLabel: true,
  importLabels: true,
  createQueue: true,
  changeQueue: true,
  deleteQueue: true,
  assignItem: true,
  submitItem: true,
  keepDraft: true,
  skipItem: true,
  reopenItem: true,
  acceptSuggested: true,
  undoReview: true,
  redoReview: true,
  setConsents: true,
  setConsentRule: true,
  deleteTrace: true,
  deleteOldTraces: true,
  deleteLooseExchanges: true,
  deleteOldJobs: true,
  tidyTexts: true,
  giveBackSpace: true,
  saveFilter: true,
  deleteFilter: true,
  saveJob: true,
  saveModelCall: true,
  addScore: true,
  saveJudgement: true,
  noteUnjudged: true,
  savePair: true,
  saveProbe: true,
  saveExpansion: true,
  beginQaRun: true,
  saveQaRun: true,
  keepQaRun: true,
  failQaRun: true,
  forgetGoneQaRuns: true,
  endLostQaRuns: true,
  saveQuality: true,
  signNear: true,
  clusterNear: true,
  addTypedFindings: true,
  judgeToolCall: true,
  rederiveToolCalls: true,
  endRunning: true,
} as const satisfies Record<keyof StoreCommands, true>;

export interface StoreWriter {
  /** Runs `work` in one transaction, durable when it returns; nothing of it is stored when it throws. */
  transaction<T>(work: () => T): T;
  lineage: LineageReader;
  /**
   * Stores one exchange with what was assembled of it; a second time it changes nothing. Topics: what changed. Where it throws,
   * what came before it in the transaction stays; not `alone`, which is faster, the transaction must be thrown away.
   */
  save(assembled: Assembled, alone?: boolean): { topics: SavedTopic[] };
  cursor(): JournalCursor | null;
  setCursor(cursor: JournalCursor): void;
  /** Whether an error of the store passes: see `passes`. */
  passes(error: unknown): boolean;
  counts(): Counts;
  writes: StoreCommands;
  /** Redacts anew, or erases in, what is stored; null where the writer was opened without `making`. */
  rewriter: ReturnType<typeof createRewriter> | null;
  /** Writes the file anew so that nothing deleted is left in it. Takes its time, during which nothing is stored. */
  vacuum(): void;
  close(): void;
}

/** What the store throws when the disk, not the data, is the matter. */
const passing = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|NOMEM|CANTOPEN|PROTOCOL)/;

/** Whether an error of the store passes: the same work, done again later, may well succeed. */
export function passes(error: unknown): boolean {
  return passing.test(String((error as NodeJS.ErrnoException | null)?.code));
}
