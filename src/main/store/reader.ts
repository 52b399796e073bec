import type { StoreReader } from './contract.js';
import { count, type FoundRows, find } from './find/find.js';
import { recordLookups } from './lookups/records.js';
import { captureHealth } from './read/capture-health.js';
import { ConsentReads } from './read/consent.js';
import { DroppedEntities } from './read/dropped.js';
import { Effects } from './read/effects.js';
import { ExchangePage } from './read/exchange-page.js';
import { ExpansionReads } from './read/expansions.js';
import { fieldValues } from './read/field-values.js';
import { FindingList } from './read/finding-list.js';
import { FinishedToolCalls } from './read/finished.js';
import { job, jobs, savedFilters } from './read/jobs.js';
import { JudgementReads } from './read/judgements.js';
import { Lists } from './read/lists.js';
import { ModelCallReads } from './read/model-calls.js';
import { NearReads } from './read/near.js';
import { QaRunReads } from './read/qa-runs.js';
import { QualityReads } from './read/quality.js';
import { RetentionReads } from './read/retention.js';
import { bulkChanges } from './read/review/bulk.js';
import { reviewFacts, toolSchema } from './read/review/facts.js';
import { judgements } from './read/review/judgements.js';
import { LabelReads } from './read/review/labels.js';
import { QueueReads } from './read/review/queues.js';
import { Siblings } from './read/review/siblings.js';
import { TextHits } from './read/text-hits.js';
import { TracePage } from './read/trace-page.js';
import { traceTree } from './read/trace-tree.js';
import { openForReading } from './sqlite/connection.js';
import { sqlOf } from './sqlite/sql.js';
import { Statements } from './sqlite/statements.js';

/**
 * Opens the store for reading, beside its writer and in any process. `use`: `lists` where whole lists are searched; that takes more
 * memory.
 * @throws SluiceError `data_dir_newer`, `data_dir_unwritable`, `key_invalid`
 */
export function openReader(
  path: string,
  { sealKey, use = 'rows' }: { sealKey: Uint8Array; use?: 'lists' | 'rows' },
): StoreReader {
  const db = openForReading(path, use);
  const now = () => Date.now() * 1000;
  const statements = new Statements(db);
  const lists = new Lists(statements, now);
  const sql = sqlOf(db);
  const qaRuns = new QaRunReads(sql);
  const tracePage = new TracePage(statements, qaRuns);
  const textHits = new TextHits(statements, tracePage);
  const effects = new Effects(statements);
  const records = recordLookups(statements);
  const exchangePage = new ExchangePage(statements, sealKey);
  const consents = new ConsentReads(statements);
  const findingList = new FindingList(statements, sealKey);
  const dropped = new DroppedEntities(statements);
  const finished = new FinishedToolCalls(statements);
  const near = new NearReads(statements, now);
  const quality = new QualityReads(statements);
  const labels = new LabelReads(sql, statements);
  const queues = new QueueReads(sql, statements);
  const modelCalls = new ModelCallReads(db);
  const siblings = new Siblings(sql, statements);
  const judged = new JudgementReads(sql);
  const expansions = new ExpansionReads(sql);

  /** One state of the database for all statements of an answer, whatever the writer commits meanwhile. */
  const snapshot = <T>(read: () => T): T => db.transaction(read)();

  function* iterate<T>(
    read: (id: number) => T | null,
    query: string,
    signal?: AbortSignal,
    traceIds?: readonly string[],
  ): Generator<T> {
    let cursor: string | null = null;
    const started = now();
    do {
      const found: FoundRows = find(statements, { scope: 'traces', query, traceIds, limit: 100, cursor, now: started });
      for (const id of found.ids) {
        if (signal?.aborted) return;
        const one = snapshot(() => read(id));
        if (one) yield one;
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
    listHits: (query, traceIds) => snapshot(() => textHits.ofList(query, traceIds)),
    exchangeHits: (query, exchangeIds) => snapshot(() => textHits.ofExchanges(query, exchangeIds)),
    traceHits: (traceId, text, whole) => snapshot(() => textHits.inTrace(traceId, text, whole)),
    unclaimedEffects: (cursor, limit) => snapshot(() => effects.unclaimed(cursor, limit)),
    traceTree: (traceId) => snapshot(() => traceTree(statements, traceId)),
    captureHealth: () => snapshot(() => captureHealth(statements)),
    findingsSummary: (filter) => snapshot(() => findingList.summary(filter)),
    droppedEntities: (traceId) => snapshot(() => dropped.of(traceId)),
    findings: (filter, cursor, limit) => snapshot(() => findingList.list(filter, cursor, limit)),
    findingPlaces: (exchangeId, findingId, cursor, limit) =>
      snapshot(() => findingList.places(exchangeId, findingId, cursor, limit)),
    knownEvents: (traceId, eventIds) => snapshot(() => eventIds.filter((id) => records.hasEvent(traceId, id))),
    traceIdByKey: (key) => records.byTraceKey(key)?.trace_id ?? null,
    toolCalls: (options) => snapshot(() => lists.toolCalls(options)),
    finishedToolCalls: (after, limit, session) => finished.behind(after, limit, session),
    lastFinished: () => finished.lastSeq(),
    exchanges: (options) => snapshot(() => lists.exchanges(options)),
    exchange: (exchangeId, bodyChars) => snapshot(() => exchangePage.exchange(exchangeId, bodyChars)),
    exchangeBody: (exchangeId, side, offset, limit) =>
      snapshot(() => exchangePage.body(exchangeId, side, offset, limit)),
    fieldValues: (scope, field, prefix, limit) => snapshot(() => fieldValues(statements, scope, field, prefix, limit)),
    savedFilters: () => snapshot(() => savedFilters(statements)),
    labels: (traceId) => snapshot(() => labels.of(traceId)),
    labelLines: (options) => snapshot(() => labels.lines(options, now())),
    queues: () => queues.list(),
    queue: (name) => queues.get(name),
    queueProgress: (name) => snapshot(() => queues.progress(name)),
    queueItems: (filter, cursor, limit) => snapshot(() => queues.items(filter, cursor, limit)),
    queueNext: (name, reviewer, otherThan) => snapshot(() => queues.next(name, reviewer, otherThan, now())),
    blindFor: (traceId, reviewer) => queues.blindFor(traceId, reviewer),
    blindTraces: (reviewer) => queues.blindTraces(reviewer),
    reviewActs: (reviewer, cursor, limit) => snapshot(() => queues.acts(reviewer, cursor, limit)),
    judgements: (queue, field, traceIds) => snapshot(() => judgements(sql, queue, field, traceIds ?? null)),
    traceExpansions: (traceId, cursor, limit) => snapshot(() => expansions.ofTrace(traceId, cursor, limit)),
    expansion: (traceId, callId) => expansions.of(traceId, callId),
    judgementList: (rubric, cursor, limit) => snapshot(() => judged.list(rubric, cursor, limit)),
    traceJudgements: (traceId, cursor, limit) => snapshot(() => judged.ofTrace(traceId, cursor, limit)),
    judgement: (judgementId) => judged.get(judgementId),
    judgementSent: (judgementId) => judged.sent(judgementId),
    judgePairs: (traceId, rubric, cursor, limit) => snapshot(() => judged.pairs(traceId, rubric, cursor, limit)),
    judgePair: (pairId) => judged.pair(pairId),
    judgePairSent: (pairId) => judged.pairSent(pairId),
    judgedRows: (rubric) => snapshot(() => judged.judged(rubric)),
    judgeProbes: (rubric) => judged.probes(rubric),
    qaRuns: (filter) => snapshot(() => qaRuns.list(filter)),
    qaRun: (runId) => qaRuns.get(runId),
    qaTask: (traceId) => qaRuns.task(traceId),
    qaKept: (runId) => qaRuns.kept(runId),
    qaRunHead: (runId) => qaRuns.head(runId),
    goneQaRuns: () => qaRuns.gone(),
    bulkChanges: (bulk) => bulkChanges(sql, bulk),
    reviewFacts: (traceId) => snapshot(() => reviewFacts(sql, statements, traceId)),
    toolSchema: (callId, name) => toolSchema(sql, callId, name),
    siblings: (traceId, callId, cursor, limit) => snapshot(() => siblings.of(traceId, callId, cursor, limit)),
    review: (traceId) => snapshot(() => tracePage.review(traceId)),
    consent: (traceId) => snapshot(() => consents.state(traceId)),
    consentHistory: (traceId, cursor, limit) => snapshot(() => consents.history(traceId, cursor, limit)),
    retention: new RetentionReads(statements),
    near,
    quality,
    traceQuality: (traceId, version) => snapshot(() => quality.of(traceId, version)),
    qualityValues: (traceIds) => snapshot(() => quality.values(traceIds)),
    nearClusters: (level, cursor, limit) => snapshot(() => near.clusters(level, cursor, limit)),
    nearMembers: (clusterId, cursor, limit) => snapshot(() => near.members(clusterId, cursor, limit)),
    callMessages: (callId) => snapshot(() => tracePage.messages(callId)),
    sealedBody: (exchangeId, side) => snapshot(() => exchangePage.sealedBody(exchangeId, side)),
    eventTimes: (exchangeId, side) => snapshot(() => exchangePage.eventTimes(exchangeId, side)),
    iterateTraces: (...wanted) => iterate((id) => tracePage.wholeById(id), ...wanted),
    iterateBeginnings: (...wanted) => iterate((id) => tracePage.beginningById(id), ...wanted),
    exchangeCount: () => count(statements, 'exchanges', '', now()),
    countTraces: (query, traceIds, without) => count(statements, 'traces', query, now(), traceIds, without),
    jobs: (cursor, limit, kind = null) => jobs(statements, cursor, limit, kind),
    job: (jobId) => job(statements, jobId),
    modelGeneration: () => modelCalls.generation(),
    modelReply: (key) => modelCalls.kept(key),
    modelCalls: (profile, cursor, limit) => modelCalls.calls(profile, cursor, limit),
    modelCall: (callId) => modelCalls.call(callId),
    modelUsage: (since) => modelCalls.usage(since),
    modelSpent: (account) => modelCalls.spent(account),
    close: () => db.close(),
  };
}
