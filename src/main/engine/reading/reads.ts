import { type Alignment, align } from '../../../shared/align/align.js';
import { stepHash, stepKind } from '../../../shared/align/step-hash.js';
import type { Large } from '../../../shared/contract/operation.js';
import type {
  Agreement,
  Compared,
  ConsentOverview,
  Job,
  Json,
  NearMember,
  Page,
  Review,
  Step,
  Suggestion,
  ToolCall,
  TraceHead,
  TraceLabels,
  TraceSummary,
  Trust,
} from '../../../shared/model/index.js';
import { type QueryScope, quote } from '../../../shared/query/index.js';
import { sentMark } from '../../assemble/index.js';
import { toolCallRow } from '../../dataset/index.js';
import { listedJobs, type StoredJob } from '../../jobs/index.js';
import { consentOverview } from '../../privacy/index.js';
import { type AgreementOptions, agreementOf, similarity, suggestionsOf } from '../../review/index.js';
import type { StoreReader } from '../../store/index.js';
import { trustOf } from '../../verify/judge/trust/trust.js';
import { asksForReviews, type Blind, goesByReviews, ownLines, unreviewed } from './blind.js';
import { sized, sizedPage } from './sized.js';

/** `near`: found by a key, or bounded; `wide`: its cost grows with the store or with the record. */
type Cost = 'near' | 'wide';
/** `list`: a page by options; `page`: one whose limit is the last that is asked; `one`: a record; `small`: what is never large. */
type Shape = 'list' | 'page' | 'one' | 'small';

/** What is read as the store has it. */
const asStored = {
  exchanges: ['wide', 'list'],
  traceSummary: ['near', 'one'],
  traceCalls: ['near', 'page'],
  traceToolCalls: ['near', 'page'],
  traceDecisions: ['near', 'page'],
  traceFindings: ['near', 'page'],
  traceEffects: ['near', 'page'],
  traceWitnesses: ['near', 'page'],
  listHits: ['wide', 'small'],
  exchangeHits: ['wide', 'small'],
  traceHits: ['wide', 'small'],
  unclaimedEffects: ['wide', 'page'],
  captureHealth: ['near', 'small'],
  findingsSummary: ['wide', 'small'],
  findings: ['wide', 'page'],
  findingPlaces: ['near', 'page'],
  knownEvents: ['near', 'small'],
  traceIdByKey: ['near', 'small'],
  exchange: ['near', 'one'],
  exchangeBody: ['near', 'one'],
  consent: ['near', 'small'],
  consentHistory: ['near', 'page'],
  savedFilters: ['near', 'small'],
  review: ['near', 'small'],
  traceQuality: ['near', 'small'],
  qualityValues: ['near', 'small'],
  nearClusters: ['wide', 'page'],
  queues: ['near', 'small'],
  queue: ['near', 'small'],
  queueProgress: ['wide', 'small'],
  queueItems: ['near', 'page'],
  queueNext: ['wide', 'small'],
  blindFor: ['near', 'small'],
  reviewActs: ['near', 'page'],
  siblings: ['near', 'page'],
  toolSchema: ['near', 'small'],
  traceExpansions: ['near', 'page'],
  judgementList: ['near', 'page'],
  traceJudgements: ['near', 'page'],
  judgement: ['near', 'one'],
  judgementSent: ['near', 'one'],
  judgePairs: ['near', 'page'],
  judgePair: ['near', 'one'],
  judgePairSent: ['near', 'one'],
  qaRuns: ['near', 'list'],
  qaRun: ['near', 'one'],
} as const satisfies { [R in keyof StoreReader]?: readonly [Cost, Shape] };
type AsStored = keyof typeof asStored;

type ListedTraces = Parameters<StoreReader['traces']>[0];
type TraceTree = NonNullable<ReturnType<StoreReader['traceTree']>>;

/** What is compared; `step_id`: that step of it alone. */
interface ComparedSteps extends Compared {
  step_id: string | null;
}

/** What is made ready for whoever asked, on the same thread. */
interface MadeReady {
  /**
   * `viewer`: the reviewer who looks; what they are to judge without what was said of it is told without that, and left out where
   * the query goes by it.
   */
  traces(options: ListedTraces & { viewer: string }): Promise<Large<Page<TraceSummary>>>;
  toolCalls(options: ListedTraces & { viewer: string }): Promise<Large<Page<ToolCall>>>;
  fieldValues(
    ...of: [...Parameters<StoreReader['fieldValues']>, viewer: string]
  ): Promise<ReturnType<StoreReader['fieldValues']>>;
  traceChildren(traceId: string, viewer: string): Promise<Large<TraceSummary[]>>;
  traceTree(traceId: string, viewer: string): Promise<Large<TraceTree> | null>;
  labelLines(query: string, viewer: string, cursor: string | null, limit: number): Promise<Large<Page<Json>>>;
  countTraces(query: string, viewer: string, traceIds?: string[]): Promise<number>;
  /** Ids and reviews of a page of traces, for whoever changes these. */
  reviewsOf(options: ListedTraces & { viewer: string }): Promise<Page<{ trace_id: string; review: Review | null }>>;
  traceHead(traceId: string): Promise<TraceHead | null>;
  /** A trace as a reviewer gets it; `blind`: without what was said of it. */
  queueTrace(traceId: string, blind: boolean): Promise<TraceSummary | null>;
  /** What was said of a trace; of others nothing while the reviewer is to judge it without. */
  labelsFor(traceId: string, reviewer: string): Promise<Large<TraceLabels> | null>;
  suggestions(traceId: string): Promise<Suggestion[] | null>;
  agreement(queue: string | null, options: AgreementOptions): Promise<Agreement>;
  /** How far judges can be trusted; `rubric` null: by all. */
  trust(rubric: string | null, seed: number): Promise<Trust>;
  /** The steps of two traces, or of calls of them, or one step of each, side by side; null where one is not there. */
  aligned(a: ComparedSteps, b: ComparedSteps): Promise<Large<AlignedSteps> | null>;
  /** Members of a cluster of near-duplicates, with how near each is to the one that is kept. */
  nearMembers(clusterId: string, cursor: string | null, limit: number): Promise<Large<Page<NearMember>> | null>;
  traceSteps(
    traceId: string,
    afterSeq: number,
    limit: number,
  ): Promise<Large<{ items: Step[]; next_cursor: number | null }>>;
  /** The whole trace as JSON in UTF-8: it may be as large as it likes, and nothing behind here looks into it. */
  traceJson(traceId: string, viewer: string): Promise<Uint8Array | null>;
  /** The same of an exchange. Bodies are cut at `bodyChars` UTF-16 units; `exchangeBodyJson` pages through the rest. */
  exchangeJson(exchangeId: string, bodyChars: number): Promise<Uint8Array | null>;
  /** The same of a part of a body, with `offset` and `next_offset` (null at the end). */
  exchangeBodyJson(...part: Parameters<StoreReader['exchangeBody']>): Promise<Uint8Array | null>;
  /** The next finished tool calls as JSON lines in the standard shape; a page is bounded in bytes. */
  finishedRows(after: number, session: string | null): Promise<FinishedRows>;
  /** `kind`: only those; null: all. `active`: jobs that are not over or whose last state is not yet saved, as they stand. */
  jobs(
    asked: { cursor: string | null; kind: string | null; limit: number },
    active: StoredJob[],
  ): Promise<Large<Page<Job>>>;
  /** `required`: whether the policy that holds asks for one. */
  consentOverview(required: boolean): Promise<ConsentOverview>;
}

export interface AlignedSteps extends Alignment {
  a: { step_id: string; seq: number; hash: string }[];
  b: { step_id: string; seq: number; hash: string }[];
  /** More steps than are looked at. */
  cut: boolean;
}

/** Steps of one side that are looked at. */
const mostAligned = 20_000;

export interface FinishedRows {
  /** Behind each its newline. */
  lines: Uint8Array[];
  /** Where the page ends in the order in which tool calls finish. */
  last_seq: number;
  more: boolean;
}

/** Places of one page, and bytes behind which it ends. */
const finishedPage = { places: 200, bytes: 1024 * 1024 };

/**
 * Reads of the store for the API. They run on threads of their own, so that none holds up the others. Unknown ids give null. Each
 * may throw `query_too_expensive` where it takes too long, and `engine_busy`.
 */
export type Reads = MadeReady & {
  [R in AsStored]: (...args: Parameters<StoreReader[R]>) => Promise<Answer<ReturnType<StoreReader[R]>, R>>;
};
type Answer<T, R extends AsStored> = (typeof asStored)[R][1] extends 'small'
  ? T
  : Large<NonNullable<T>> | Extract<T, null>;

const stored = Object.entries(asStored) as [AsStored, readonly [Cost, Shape]][];

export const costs = {
  ...(Object.fromEntries(stored.map(([name, [cost]]) => [name, cost])) as Record<AsStored, Cost>),
  traces: 'wide',
  toolCalls: 'wide',
  fieldValues: 'wide',
  traceChildren: 'near',
  traceTree: 'near',
  labelLines: 'wide',
  countTraces: 'wide',
  reviewsOf: 'wide',
  traceHead: 'near',
  queueTrace: 'near',
  labelsFor: 'near',
  suggestions: 'near',
  agreement: 'wide',
  trust: 'wide',
  aligned: 'wide',
  nearMembers: 'near',
  traceSteps: 'near',
  traceJson: 'wide',
  exchangeJson: 'wide',
  exchangeBodyJson: 'wide',
  finishedRows: 'near',
  consentOverview: 'wide',
  jobs: 'wide',
} satisfies Record<keyof Reads, Cost>;

/** What of an open store the API reads. */
export type ReadFrom = Pick<
  StoreReader,
  | AsStored
  | 'trace'
  | 'traces'
  | 'toolCalls'
  | 'fieldValues'
  | 'traceChildren'
  | 'traceTree'
  | 'labelLines'
  | 'blindTraces'
  | 'traceSteps'
  | 'labels'
  | 'nearMembers'
  | 'reviewFacts'
  | 'judgements'
  | 'judgedRows'
  | 'judgeProbes'
  | 'countTraces'
  | 'finishedToolCalls'
  | 'droppedEntities'
  | 'jobs'
>;

/** What the API reads, from an open store: pages are bounded in bytes too, and what may be large is JSON already. */
export function readsOf(reader: ReadFrom): Reads {
  const blindOf = (viewer: string): Blind => new Set(reader.blindTraces(viewer));
  /** Traces that a query must not find for them. */
  const without = (query: string, viewer: string, scope: QueryScope = 'traces') =>
    asksForReviews(query, scope) ? reader.blindTraces(viewer) : [];
  const made: MadeReady = {
    async traces({ limit, viewer, ...options }) {
      const blind = blindOf(viewer);
      const left = without(options.query, viewer);
      return sizedPage(limit, (size) => {
        const { items, next_cursor } = reader.traces({ ...options, without: left, limit: size });
        return { items: items.map((trace) => unreviewed(trace, blind)), next_cursor };
      });
    },
    async toolCalls({ limit, viewer, ...options }) {
      const left = without(options.query, viewer, 'tool_calls');
      return sizedPage(limit, (size) => reader.toolCalls({ ...options, without: left, limit: size }));
    },
    async fieldValues(scope, field, prefix, limit, viewer) {
      const values = reader.fieldValues(scope, field, prefix, limit);
      const blind = goesByReviews(scope, field) ? reader.blindTraces(viewer) : [];
      if (blind.length === 0) return values;
      const seen = ({ value, count }: (typeof values)[number]) => ({
        value,
        count: count - reader.countTraces(`${field}:${quote(value)}`, blind),
      });
      return values.map(seen).filter(({ count }) => count > 0);
    },
    async traceChildren(traceId, viewer) {
      const blind = blindOf(viewer);
      return sized(reader.traceChildren(traceId).map((trace) => unreviewed(trace, blind)));
    },
    async traceTree(traceId, viewer) {
      const [tree, blind] = [reader.traceTree(traceId), blindOf(viewer)];
      return sized(tree && { ...tree, nodes: tree.nodes.map((trace) => unreviewed(trace, blind)) });
    },
    async labelLines(query, viewer, cursor, limit) {
      const blind = blindOf(viewer);
      const left = without(query, viewer);
      return sizedPage(limit, (size) =>
        ownLines(reader.labelLines({ query, without: left, cursor, limit: size }), blind, viewer),
      );
    },
    async traceHead(traceId) {
      const trace = reader.traceSummary(traceId);
      if (trace === null) return null;
      const { trace_id, kind, started_at, metadata } = trace;
      const finalized = metadata?.finalized_at !== undefined;
      return { trace_id, kind, started_at, finalized, sent: reader.knownEvents(trace_id, [sentMark]).length > 0 };
    },
    countTraces: async (query, viewer, traceIds) => reader.countTraces(query, traceIds, without(query, viewer)),
    async queueTrace(traceId, blind) {
      const trace = reader.traceSummary(traceId);
      return trace && (blind ? { ...trace, review: null } : trace);
    },
    async labelsFor(traceId, reviewer) {
      const labels = reader.labels(traceId);
      if (labels === null || !reader.blindFor(traceId, reviewer)) return sized(labels);
      const own = <T extends { reviewer: string }>(all: T[]) => all.filter((each) => each.reviewer === reviewer);
      const { trace_id, corrections, step_labels, comparisons } = labels;
      return sized({
        trace_id,
        corrections: own(corrections),
        step_labels: own(step_labels),
        comparisons: own(comparisons),
      });
    },
    async suggestions(traceId) {
      const facts = reader.reviewFacts(traceId);
      return facts && suggestionsOf(facts);
    },
    async trust(rubric, seed) {
      return { ...trustOf(reader.judgedRows(rubric), seed), probes: reader.judgeProbes(rubric) };
    },
    agreement: async (queue, options) => agreementOf(reader.judgements(queue, options.field), options),
    async aligned(one, two) {
      const [a, b] = [stepsOf(reader, one), stepsOf(reader, two)];
      if (a === null || b === null) return null;
      const hashes = ({ steps }: typeof a) => steps.map(({ hash }) => hash);
      const single = one.step_id !== null && two.step_id !== null;
      if (single && (a.steps.length === 0 || b.steps.length === 0)) return null;
      // Of two single steps neither can stand beside anything else.
      const kinds = single ? undefined : { a: a.steps.map(({ kind }) => kind), b: b.steps.map(({ kind }) => kind) };
      const shown = ({ steps }: typeof a) => steps.map(({ kind: _, ...step }) => step);
      return sized({ a: shown(a), b: shown(b), ...align(hashes(a), hashes(b), kinds), cut: a.cut || b.cut });
    },
    async nearMembers(clusterId, cursor, limit) {
      const page = reader.nearMembers(clusterId, cursor, limit);
      if (page === null) return null;
      const to = page.kept?.shingles ?? new Int32Array(0);
      const items = page.items.map(({ shingles, ...member }) => {
        const comparable = shingles.length > 0 && to.length > 0;
        return { ...member, similarity: member.kept ? 1 : comparable ? similarity(shingles, to) : null };
      });
      return sized({ items, next_cursor: page.next_cursor });
    },
    async reviewsOf({ viewer, ...options }) {
      const { items, next_cursor } = reader.traces({ ...options, without: without(options.query, viewer) });
      return { items: items.map(({ trace_id, review }) => ({ trace_id, review })), next_cursor };
    },
    traceSteps: async (traceId, afterSeq, limit) =>
      sizedPage(limit, (size) => {
        const items = reader.traceSteps(traceId, afterSeq, size);
        return { items, next_cursor: items.length === size ? (items.at(-1)?.seq ?? null) : null };
      }),
    async traceJson(traceId, viewer) {
      const trace = reader.trace(traceId);
      return json(trace && unreviewed(trace, blindOf(viewer)));
    },
    exchangeJson: async (exchangeId, bodyChars) => json(reader.exchange(exchangeId, bodyChars)),
    async exchangeBodyJson(exchangeId, side, offset, limit) {
      const body = reader.exchangeBody(exchangeId, side, offset, limit);
      if (body === null) return null;
      const end = offset + body.text.length;
      return json({ ...body, offset, next_offset: end < body.total_chars && body.text !== '' ? end : null });
    },
    async finishedRows(after, session) {
      const lines: Uint8Array[] = [];
      let last_seq = after;
      let places = 0;
      let bytes = 0;
      for (const { seq, finished } of reader.finishedToolCalls(after, finishedPage.places, session)) {
        last_seq = seq;
        places += 1;
        // What the policy says to drop is in no export.
        if (finished === null || reader.droppedEntities(finished.tool_call.trace_id).length > 0) continue;
        const line = new TextEncoder().encode(`${JSON.stringify(toolCallRow(finished.tool_call, finished))}\n`);
        lines.push(line);
        bytes += line.length;
        if (bytes > finishedPage.bytes) break;
      }
      return { lines, last_seq, more: places === finishedPage.places || bytes > finishedPage.bytes };
    },
    jobs: async ({ limit, ...asked }, active) =>
      sizedPage(limit, (size) => listedJobs(reader.jobs(asked.cursor, size, asked.kind), active)),
    consentOverview: async (required) =>
      consentOverview({
        count: (query) => reader.countTraces(query),
        values: (field) => reader.fieldValues('traces', field, '', 50),
        required,
      }),
  };
  const read = (name: AsStored, shape: Shape) => {
    const ask = (...args: unknown[]) => (reader[name] as (...args: unknown[]) => never)(...args);
    return async (...args: unknown[]) => {
      if (shape === 'small') return ask(...args);
      if (shape === 'one') return sized(ask(...args));
      const last = args.at(-1);
      return shape === 'page'
        ? sizedPage(last as number, (limit) => ask(...args.slice(0, -1), limit))
        : sizedPage((last as { limit: number }).limit, (limit) => ask({ ...(last as object), limit }));
    };
  };
  return { ...made, ...Object.fromEntries(stored.map(([name, [, shape]]) => [name, read(name, shape)])) } as Reads;
}

/** What the steps of a trace, or of one of its calls, say. */
function stepsOf(reader: Pick<ReadFrom, 'traceSummary' | 'traceSteps'>, { trace_id, call_id, step_id }: ComparedSteps) {
  if (reader.traceSummary(trace_id) === null) return null;
  const steps: { step_id: string; seq: number; hash: string; kind: string }[] = [];
  for (let after = -1; steps.length < mostAligned; ) {
    const page = reader.traceSteps(trace_id, after, 500);
    for (const step of page) {
      if (call_id !== null && step.call_id !== call_id) continue;
      if (step_id !== null && step.step_id !== step_id) continue;
      steps.push({ step_id: step.step_id, seq: step.seq, hash: stepHash(step), kind: stepKind(step) });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < 500) return { steps, cut: false };
    after = last.seq;
  }
  return { steps, cut: true };
}

function json(value: object | null): Uint8Array | null {
  return value === null ? null : new TextEncoder().encode(JSON.stringify(value));
}
