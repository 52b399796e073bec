import type { ReadFrom } from '../../src/main/engine/reading/reads.js';
import type { StoreCommands, StoreReader } from '../../src/main/store/index.js';
import { SluiceError } from '../../src/shared/errors.js';
import { uuidv7 } from '../../src/shared/ids.js';
import type { ConsentEvent, Exchange, Page, Review, SavedFilter } from '../../src/shared/model/index.js';
import { parseQuery } from '../../src/shared/query/index.js';
import { memoryJobs } from './job-store.js';
import { type Session, testId } from './traces.js';

/** An exchange with every public field and bodies of the given length. */
export function testExchange(number: number, bodyChars: number): Exchange {
  const message = {
    headers: [['content-type', 'application/json'] as [string, string]],
    trailers: [],
    body: JSON.stringify({ text: 'é😀'.repeat(bodyChars) }).slice(0, bodyChars),
    body_kind: 'json',
    sealed_reason: null,
    media_type: 'application/json',
    truncated: false,
    body_total_chars: bodyChars,
  };
  return {
    exchange_id: testId(3, number),
    trace_id: testId(1, 0),
    call_id: testId(2, number),
    client: 'OpenAI/JS 7.55.0',
    session: null,
    kind: 'http',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    status: 200,
    started_at: '2026-11-21T09:30:00.000Z',
    duration_ms: 1200,
    ttfb_ms: 100,
    ttft_ms: 300,
    request_bytes: bodyChars,
    response_bytes: bodyChars,
    format: 'openai-chat',
    model: 'gpt-5-mini',
    tool_names: ['search'],
    usage: { input_tokens: 100, output_tokens: 20 },
    cost_usd: 0.001,
    state: 'complete',
    undecoded: false,
    finding_count: 0,
    error: null,
    via: 'intercept',
    upstream: null,
    http_version: '1.1',
    request: message,
    response: { ...message, status_text: 'OK' },
    issues: [],
    unknown_events: {},
    findings: [],
  };
}

function pageOf<T>(all: readonly T[], { cursor, limit }: { cursor: string | null; limit: number }): Page<T> {
  const start = cursor === null ? 0 : Number(cursor);
  if (!Number.isInteger(start)) throw new SluiceError('cursor_invalid', 'This cursor is none of ours.');
  const end = start + limit;
  return { items: all.slice(start, end), next_cursor: end < all.length ? String(end) : null };
}

/** A store in memory that holds these sessions and two exchanges: what the API reads of it, and its writer. */
export function memoryStore(sessions: Session[]) {
  const exchanges = [testExchange(0, 100), testExchange(1, 300_000)];
  const reviews = new Map<string, Review>();
  const filters: SavedFilter[] = [];
  const consents = new Map<string, ConsentEvent[]>();
  const jobs = memoryJobs();
  const traces = () => sessions.map(({ trace }) => trace);
  const trace = (traceId: string) => traces().find((candidate) => candidate.trace_id === traceId) ?? null;

  type Reader = ReadFrom &
    Pick<StoreReader, 'jobs' | 'job' | 'modelGeneration' | 'modelReply' | 'modelCalls' | 'modelCall' | 'modelUsage'>;
  const reader: Reader = {
    jobs: jobs.jobs,
    job: jobs.job,
    // Nobody asks a model here.
    modelGeneration: () => 0,
    modelReply: () => null,
    modelCalls: () => ({ items: [], next_cursor: null }),
    modelCall: () => null,
    modelUsage: () => ({}),
    countTraces: () => sessions.length,
    consent(traceId) {
      const events = consents.get(traceId) ?? [];
      return (
        trace(traceId) && {
          trace_id: traceId,
          consent: events[0]?.consent ?? null,
          origin: events.length === 0 ? 'inherited' : 'own',
          changes: events.length,
        }
      );
    },
    consentHistory: (traceId, cursor, limit) =>
      trace(traceId) && pageOf(consents.get(traceId) ?? [], { cursor, limit }),
    traces(list) {
      parseQuery(list.query, 'traces');
      return pageOf(traces(), list);
    },
    trace,
    traceSummary: trace,
    traceSteps: (traceId, afterSeq, limit) =>
      (trace(traceId)?.steps ?? []).filter((step) => step.seq > afterSeq).slice(0, limit),
    traceCalls: (traceId, cursor, limit) => pageOf(trace(traceId)?.calls ?? [], { cursor, limit }),
    traceToolCalls: (traceId, cursor, limit) => pageOf(trace(traceId)?.tool_calls ?? [], { cursor, limit }),
    traceDecisions: (traceId, cursor, limit) => pageOf(trace(traceId)?.decisions ?? [], { cursor, limit }),
    traceFindings: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    traceChildren: (traceId) => traces().filter((candidate) => candidate.parent_trace_id === traceId),
    traceTree: (traceId) => {
      const found = trace(traceId);
      return found && { nodes: [found], root: traceId, truncated: false };
    },
    traceEffects: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    traceWitnesses: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    listHits: () => [],
    exchangeHits: () => [],
    traceHits: () => ({ hits: 0, steps: [], steps_count: 0 }),
    findingsSummary: () => ({ total: 0, entities: [], placements: [], detectors: [], bands: [] }),
    findings: (_filter, cursor, limit) => pageOf([], { cursor, limit }),
    findingPlaces: () => null,
    unclaimedEffects: (cursor, limit) => pageOf([], { cursor, limit }),
    captureHealth: () => ({
      exchanges: { total: exchanges.length, by_state: [], by_format: [], by_via: [] },
      undecoded: [],
      unknown_events: [],
      truncated: { request: 0, response: 0 },
      sealed: [],
      effects: { joined: 0, unclaimed: 0, altered: 0, never_sent: 0 },
      edges: [],
    }),
    knownEvents: (_traceId, eventIds) => eventIds.filter((id) => id.startsWith('known-')),
    traceIdByKey: () => null,
    finishedToolCalls: function* () {},
    traceExpansions: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    judgementList: (_rubric, cursor, limit) => pageOf([], { cursor, limit }),
    traceJudgements: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    judgement: () => null,
    judgementSent: () => null,
    judgePairs: (_traceId, _rubric, cursor, limit) => pageOf([], { cursor, limit }),
    judgePair: () => null,
    judgePairSent: () => null,
    qaRuns: (options) => pageOf([], options),
    qaRun: () => null,
    judgedRows: () => ({ rows: [], labels: [], ratings: [], cut: false }),
    judgeProbes: () => [],
    droppedEntities: () => [],
    toolCalls(list) {
      parseQuery(list.query, 'tool_calls');
      return pageOf(
        traces().flatMap((candidate) => candidate.tool_calls),
        list,
      );
    },
    exchanges(list) {
      parseQuery(list.query, 'exchanges');
      return pageOf(exchanges, list);
    },
    exchange(exchangeId, bodyChars) {
      const exchange = exchanges.find((candidate) => candidate.exchange_id === exchangeId);
      if (!exchange) return null;
      const cut = <T extends { body: string | null; truncated: boolean }>(message: T): T => ({
        ...message,
        body: message.body?.slice(0, bodyChars) ?? null,
        truncated: message.truncated || (message.body?.length ?? 0) > bodyChars,
      });
      return { ...exchange, request: cut(exchange.request), response: exchange.response && cut(exchange.response) };
    },
    exchangeBody(exchangeId, side, offset, limit) {
      const body = exchanges.find((candidate) => candidate.exchange_id === exchangeId)?.[side]?.body;
      if (body === null || body === undefined) return null;
      return { text: body.slice(offset, offset + limit), total_chars: body.length };
    },
    fieldValues: () => [{ value: 'search', count: 6 }],
    savedFilters: () => filters,
    review: (traceId) => reviews.get(traceId) ?? null,
    traceQuality: () => null,
    qualityValues: () => [],
    nearClusters: () => ({ items: [], next_cursor: null }),
    nearMembers: () => null,
    // What reviewers say besides is the store's own to test.
    labels: (traceId) => trace(traceId) && { trace_id: traceId, corrections: [], step_labels: [], comparisons: [] },
    labelLines: (options) => pageOf([], options),
    queues: () => [],
    queue: () => null,
    queueProgress: () => null,
    queueItems: (_filter, cursor, limit) => pageOf([], { cursor, limit }),
    queueNext: () => null,
    blindFor: () => false,
    blindTraces: () => [],
    reviewActs: (_reviewer, cursor, limit) => pageOf([], { cursor, limit }),
    judgements: () => ({ rows: [], scores: [], cut: false }),
    siblings: (traceId, _callId, cursor, limit) => trace(traceId) && pageOf([], { cursor, limit }),
    reviewFacts: (traceId) => {
      const found = trace(traceId);
      return found && { trace: found, scores: [], judgements: [], suspects: [], duplicate_of: null };
    },
    toolSchema: () => undefined,
  };

  const commands: Pick<
    StoreCommands,
    | 'setReview'
    | 'deleteTrace'
    | 'saveFilter'
    | 'deleteFilter'
    | 'saveJob'
    | 'setConsents'
    | 'setConsentRule'
    | 'addTypedFindings'
    | 'noteUnjudged'
  > = {
    async setReview(traceId, patch) {
      const empty = {
        trace_id: traceId,
        label: null,
        rating: null,
        tags: [],
        note: '',
        updated_at: null,
        trace_revision: null,
      };
      const previous = reviews.get(traceId) ?? empty;
      const current = { ...previous, ...patch, updated_at: '2026-11-21T09:40:00.000Z' };
      reviews.set(traceId, current);
      return { previous, current };
    },
    async deleteTrace(traceId) {
      const index = sessions.findIndex((session) => session.trace.trace_id === traceId);
      if (index !== -1) sessions.splice(index, 1);
      return index !== -1;
    },
    async saveFilter(filter) {
      const saved = { ...filter, filter_id: uuidv7(), created_at: '2026-11-21T09:40:00.000Z' };
      filters.push(saved);
      return saved;
    },
    async deleteFilter(filterId) {
      const index = filters.findIndex((filter) => filter.filter_id === filterId);
      if (index !== -1) filters.splice(index, 1);
      return index !== -1;
    },
    saveJob: async (job) => void (await jobs.saveJob(job)),
    async setConsents(traceIds, consent) {
      const there = traceIds.filter((traceId) => trace(traceId) !== null);
      for (const traceId of there) {
        const event: ConsentEvent = { event_id: uuidv7(), at: new Date().toISOString(), consent, origin: 'own' };
        consents.set(traceId, [event, ...(consents.get(traceId) ?? [])]);
      }
      return there.length;
    },
    setConsentRule: async () => undefined,
    addTypedFindings: async () => undefined,
    noteUnjudged: async () => undefined,
  };
  return { reader, commands };
}
