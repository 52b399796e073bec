import type {
  Agreement,
  Call,
  ChatMessage,
  Expansion,
  ExportOptions,
  Judgement,
  JudgementSent,
  QaTask,
  TokenLogprob,
  Trace,
  TraceLabels,
  TraceSummary,
  WantedTraces,
} from '../../shared/model/index.js';
import type { RowRedactor, WantedPrivacy } from './privacy/row-redactor.js';
import type { Signer } from './signing.js';

/** What an export reads; the store's reader satisfies it. */
export interface ExportSource {
  /** Matching traces one at a time in a stable order. Throws `query_invalid`. */
  traces(wanted: WantedTraces, signal: AbortSignal): Iterable<Trace> | AsyncIterable<Trace>;
  /** The same, of long ones their beginning alone, as if it had ended there: `cut`. Throws `query_invalid`. */
  beginnings(wanted: WantedTraces, signal: AbortSignal): Iterable<{ trace: Trace; cut: boolean }>;
  /** How many traces match. Throws `query_invalid`. */
  count(wanted: WantedTraces): number;
  /** Messages of one model call as they were sent and answered; one response message per choice. Null: unknown call. */
  callMessages(callId: string): CallMessages | null;
  /** The traces that a trace spawned. */
  children(traceId: string): Iterable<Trace>;
  /** Tokens of a call's answer as its body still has them; empty where they were not asked for or the body is gone. */
  logprobs(call: Call): readonly TokenLogprob[];
  /** What reviewers said of a trace besides its review; null: unknown trace. */
  labels(traceId: string): TraceLabels | null;
  /** What judges said of a trace, the newest by each rubric and judge, with the bodies that these were sent. */
  verdicts(traceId: string): { judgement: Judgement; sent: JudgementSent['sent'] }[];
  /** Reasoning that a model wrote of a call afterwards, the newest; null: none did. */
  expansion(traceId: string, callId: string): Expansion | null;
  /** The Harbor task that a run of a trace's tests made of it, the newest; null: none did. */
  task(traceId: string): ProvenTask | null;
  /** A trace by its id; null: unknown. */
  trace(traceId: string): Trace | null;
  /** The consent of a trace; null: unknown trace. */
  consent(traceId: string): Pick<Trace, 'consent'> | null;
  /** Whether the policy asks for a consent of every trace. */
  consentRequired(): boolean;
  /** Redacts rows by the project's policy or a stricter one. Throws `export_policy_looser`. */
  redactor(wanted: WantedPrivacy): RowRedactor;
  /** Entities that a trace held and that the policy they were found under keeps out of exports. */
  droppedEntities(traceId: string): readonly string[];
  /** Every trace that was captured, as lists show it, in a stable order. */
  summaries(): Iterable<TraceSummary>;
  /** The field of work of a trace by what a person said, else by the rules; null: none that is known. */
  domainOf(trace: Trace): string | null;
  /** The field of work of a trace by the rules, as it was scored last; null: none that is known. */
  domain(traceId: string): string | null;
  /** Signs manifests in the name of this data folder. */
  signer: Signer;
  /** Links of a trace to its parent and predecessor; null for a deleted one. */
  traceSummary(
    traceId: string,
  ): Pick<TraceSummary, 'parent_trace_id' | 'predecessor_trace_id' | 'revision' | 'review'> | null;
  /** How far those who judged some of these traces agree; of fields that two judged one of. */
  agreement(traceIds: readonly string[], seed: number): Agreement[];
  /** Clusters of near-duplicates that these traces stand in, as they were looked for last; null: nobody looked. */
  nearDuplicates(traceIds: ReadonlySet<string>): NearFigures | null;
  /** Tells of a trace in which of these files a text of it stands, by n-grams of words; null for none. Throws `validation_failed`. */
  contaminated(
    against: NonNullable<ExportOptions['against']>,
    signal: AbortSignal,
  ): Promise<(trace: Trace) => { file: string } | null>;
  /** What of the wanted traces belongs together, as the store stands: nothing near may stand on both sides of a split. */
  splitGroups(wanted: WantedTraces, signal: AbortSignal): Promise<SplitGroups>;
}

/** A task that was tried, and the run that made it. */
export interface ProvenTask {
  run_id: string;
  task: QaTask;
}

/** By the level that texts are compared at. */
export interface NearFigures {
  [level: string]: {
    clusters: number;
    /** Traces in them. */
    traces: number;
    /** Those that their cluster is represented by, and those that repeat it. */
    kept: number;
    repeated: number;
    /** Traces of these clusters that are not among these. */
    outside: number;
  };
}

/** Groups of traces of one family, session, repository or cluster of near-duplicates. */
export interface SplitGroups {
  /** The id of a trace's group: the same for all its members. */
  of(traceId: string): string;
}

export interface CallMessages {
  request: ChatMessage[];
  response: ChatMessage[];
  /** False where the client sent only what was new; absent where that is not known. */
  history_complete?: boolean;
}
