import type { Database } from 'better-sqlite3';
import { uuidv7 } from '../../shared/ids.js';
import type { HeaderList } from '../../shared/model/index.js';
import { ChunkReader } from './bodies/chunk-reader.js';
import { ChunkStore } from './bodies/chunk-store.js';
import { uidBytes } from './codec/uid.js';
import { ConsentCommands } from './commands/consents.js';
import { exchangeDeleter } from './commands/delete-exchange.js';
import { traceDeleter } from './commands/delete-trace.js';
import { ExpansionCommands } from './commands/expansions.js';
import { JobCommands } from './commands/jobs.js';
import { JudgementCommands } from './commands/judgements.js';
import { ModelCallCommands } from './commands/model-calls.js';
import { NearCommands } from './commands/near.js';
import { QaRunCommands } from './commands/qa-runs.js';
import { QualityCommands } from './commands/quality.js';
import { giveBack, oldDeleter } from './commands/retention.js';
import { Acts } from './commands/review/acts.js';
import { importLabel } from './commands/review/import.js';
import { LabelCommands } from './commands/review/labels.js';
import { QueueCommands } from './commands/review/queues.js';
import { ReviewCommands } from './commands/review/reviews.js';
import { ReviewTerms } from './commands/review/terms.js';
import { createRewriter, type Making } from './commands/rewrite/index.js';
import { SavedFilterCommands } from './commands/saved-filters.js';
import { ScoreCommands } from './commands/scores.js';
import { ToolCallCommands } from './commands/tool-calls.js';
import { passes, type StoreWriter } from './contract.js';
import { CaptureCounts } from './counts/capture-counts.js';
import { Counters } from './counts/counters.js';
import { Documents } from './dictionaries/documents.js';
import { Terms } from './dictionaries/terms.js';
import { TraceTerms } from './dictionaries/trace-terms.js';
import { FindingRows } from './findings/finding-rows.js';
import { lineageReader } from './lookups/lineage.js';
import { type Savers, saveAssembled } from './save/assembled.js';
import { CallSaver } from './save/call.js';
import { Consents } from './save/consents.js';
import { EffectSaver } from './save/effects.js';
import { ExchangeSaver } from './save/exchange.js';
import { ExchangeOwner } from './save/exchange-owner.js';
import { RecordSaver } from './save/records.js';
import { StepSaver } from './save/steps.js';
import { type Suspecting, Suspicions } from './save/suspicions.js';
import { ToolCallEffects } from './save/tool-call-effects.js';
import { ToolCallSaver } from './save/tool-calls.js';
import { TraceSaver } from './save/traces.js';
import { WireTools } from './save/wire-tools.js';
import { WireVerdict } from './save/wire-verdict.js';
import { idleCheckpoint } from './sqlite/checkpoint.js';
import { openForWriting } from './sqlite/connection.js';
import { CursorState } from './sqlite/cursor-state.js';
import { sqlOf } from './sqlite/sql.js';
import { Statements } from './sqlite/statements.js';
import { TextIndex } from './text/text-index.js';
import { tidyTexts } from './text/tidy.js';

export interface WriterOptions {
  /** 32 bytes under which sealed bodies are encrypted. */
  sealKey: Uint8Array;
  /** Short name of the client that sent these headers; the first product of its user-agent where absent. */
  clientName?: (headers: HeaderList) => string;
  /** How the rooms before the store make what it holds; without it nothing stored can be rewritten. */
  making?: Making;
  /** How a result's text tells that its tool failed; without it none is suspected. */
  suspecting?: Suspecting;
}

/** State that waits in memory for the end of the transaction; `mark` returns what takes it back to where it stood. */
interface Pending {
  mark(): () => void;
  flush(): void;
}

/**
 * Opens the store for its one writer; makes it where there is none, migrates it where it is older.
 * @throws SluiceError `data_dir_newer`, `data_dir_unwritable`, `key_invalid`
 */
export function openWriter(path: string, options: WriterOptions): StoreWriter {
  const db = openForWriting(path);
  try {
    return makeWriter(db, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeWriter(
  db: Database,
  { sealKey, clientName = firstProduct, making, suspecting }: WriterOptions,
): StoreWriter {
  const statements = new Statements(db);
  const chunks = new ChunkStore(statements, sealKey);
  const terms = new Terms(statements);
  const text = new TextIndex(db);
  const counters = new Counters(statements);
  const documents = new Documents(statements);
  const traceTerms = new TraceTerms(statements, terms);
  const captureCounts = new CaptureCounts(statements);
  const findings = new FindingRows(statements);
  const wireTools = new WireTools(statements, captureCounts);
  const verdict = new WireVerdict(statements);
  const toolCalls = new ToolCallSaver(statements, terms, text, verdict);
  const consents = new Consents(statements, traceTerms);
  const sql = sqlOf(db);
  const traces = new TraceSaver(statements, sql, traceTerms, text, consents);
  const suspicions = new Suspicions(statements, { traces, toolCalls }, suspecting ?? null);
  const onToolCalls = new ToolCallEffects(statements, { traces, captureCounts, toolCalls, verdict, suspicions });
  const savers: Savers = {
    documents,
    exchanges: new ExchangeSaver(statements, { chunks, terms, text, counters, captureCounts, findings }, clientName),
    calls: new CallSaver(statements, documents, captureCounts),
    steps: new StepSaver(statements, documents, text),
    toolCalls,
    traces,
    wireTools,
    records: new RecordSaver(statements, traces),
    effects: new EffectSaver(statements, {
      captureCounts,
      toolCalls,
      traces,
      wireTools,
      owner: new ExchangeOwner(statements, traces, terms),
      onToolCalls,
    }),
    suspicions,
  };
  const reviewTerms = new ReviewTerms(sql, traceTerms);
  const acts = new Acts(db, sql, reviewTerms);
  const reviews = new ReviewCommands(sql, acts);
  const labels = new LabelCommands(sql, statements, acts);
  const queues = new QueueCommands(sql, acts, reviews);
  const toolCallCommands = new ToolCallCommands(db, { traces, toolCalls, suspicions, onToolCalls }, suspecting ?? null);
  const ofConsents = new ConsentCommands(statements, consents);
  const filters = new SavedFilterCommands(statements);
  const jobs = new JobCommands(statements);
  const modelCalls = new ModelCallCommands(db);
  const scores = new ScoreCommands(statements, traceTerms);
  const quality = new QualityCommands(statements, reviewTerms);
  const judgements = new JudgementCommands(sql, scores);
  const expansions = new ExpansionCommands(sql);
  const qaRuns = new QaRunCommands(sql, savers, scores);
  const near = new NearCommands(statements);
  const cursorState = new CursorState(statements);
  const deleteParts = { statements, chunks, terms, text, captureCounts, findings };
  const exchanges = exchangeDeleter(deleteParts);
  const deleteTrace = traceDeleter({
    ...deleteParts,
    sql,
    documents,
    traceTerms,
    exchanges,
    labelTerms: (trace) => reviewTerms.labels(trace),
  });
  const old = oldDeleter({ statements, sql, exchanges, deleteTrace });

  const pending: Pending[] = [text, chunks, terms, counters, documents, captureCounts, findings, wireTools];
  /** Runs `work` so that, when it throws, memory is as it was; the database is the caller's to roll back. */
  const guarded = <T>(work: () => T, rollback: () => void): T => {
    const rewinds = pending.map((part) => part.mark());
    try {
      return work();
    } catch (error) {
      rollback();
      for (const rewind of rewinds) rewind();
      savers.steps.forget();
      throw error;
    }
  };
  const checkpoint = idleCheckpoint(db);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const savepoint = db.prepare('SAVEPOINT one');
  const release = db.prepare('RELEASE one');

  const transaction = <T>(work: () => T): T => {
    if (db.inTransaction) return work();
    begin.run();
    const result = guarded(
      () => {
        const done = work();
        for (const part of pending) part.flush();
        commit.run();
        return done;
      },
      // A failed COMMIT may have ended the transaction itself.
      () => db.inTransaction && db.exec('ROLLBACK'),
    );
    checkpoint.soon();
    return result;
  };
  /** One part of a transaction that fails alone: what came before it in the batch stays. */
  const alone = <T>(work: () => T): T =>
    transaction(() => {
      savepoint.run();
      return guarded(
        () => {
          const result = work();
          release.run();
          return result;
        },
        () => db.inTransaction && db.exec('ROLLBACK TO one; RELEASE one'),
      );
    });
  /** A command must find in the tables what the batch before it left waiting. */
  const command = <T>(work: () => T): T =>
    transaction(() => {
      for (const part of pending) part.flush();
      return alone(work);
    });

  toolCalls.forgetOld();
  const now = () => Date.now() * 1000;
  const bodies = new ChunkReader(statements, sealKey);
  const rewriteParts = {
    db,
    statements,
    chunks,
    bodies,
    documents,
    terms,
    traceTerms,
    text,
    captureCounts,
    findings,
    modelCalls,
  };
  return {
    rewriter: making === undefined ? null : createRewriter({ ...rewriteParts, making }, transaction, alone),
    vacuum() {
      checkpoint.now();
      db.exec('VACUUM');
      checkpoint.now();
    },
    transaction,
    lineage: lineageReader(statements),
    save: (assembled, byItself = true) => ({
      topics: (byItself ? alone : transaction)(() => saveAssembled(savers, assembled)),
    }),
    cursor: () => cursorState.get(),
    setCursor: (cursor) => cursorState.set(cursor),
    passes,
    counts: () => counters.read(),
    writes: {
      setPurpose: async (traceId, purpose) => command(() => traces.setPurpose(traceId, purpose)),
      setRepository: async (traceId, repo) => command(() => traces.setRepository(traceId, repo)),
      setReview: async (traceId, patch, reviewer, bulk) =>
        command(() => reviews.set(traceId, patch, reviewer, now(), bulk)),
      setReviews: async (traceIds, change, by) => command(() => reviews.setMany(traceIds, change, by, now())),
      correct: async (traceId, what, comment, reviewer) =>
        command(() => labels.correct(traceId, what, comment, { reviewer, at: now() })),
      editCorrection: async (id, what, comment, reviewer) =>
        command(() => labels.editCorrection(id, what, comment, { reviewer, at: now() })),
      labelStep: async (traceId, label, reviewer) =>
        command(() => labels.labelStep(traceId, label, { reviewer, at: now() })),
      firstWrongStep: async (traceId, stepId, comment, reviewer) =>
        command(() => labels.firstWrong(traceId, stepId, comment, { reviewer, at: now() })),
      compare: async (a, b, preferred, reason, reviewer) =>
        command(() => labels.compare(a, b, preferred, reason, { reviewer, at: now() })),
      removeLabel: async (entity, id, by) => command(() => labels.remove(entity, id, { ...by, at: now() })),
      importLabels: async (lines, by) =>
        command(() => lines.map((line) => importLabel({ acts, labels, sql }, line, by, now(), alone))),
      createQueue: async (name, settings, reviewer) =>
        command(() => queues.create(name, settings, { reviewer, now: now() })),
      changeQueue: async (name, patch, reviewer) => command(() => queues.change(name, patch, { reviewer, now: now() })),
      deleteQueue: async (name, reviewer) => command(() => queues.delete(name, { reviewer, now: now() })),
      assignItem: async (name, candidates, reviewer) =>
        command(() => queues.assign(name, candidates, { reviewer, now: now() })),
      submitItem: async (name, itemId, decision, spentMs, reviewer) =>
        command(() => queues.submit(name, itemId, decision, spentMs, { reviewer, now: now() })),
      keepDraft: async (name, itemId, draft, reviewer) =>
        command(() => queues.keepDraft(name, itemId, draft, { reviewer, now: now() })),
      skipItem: async (name, itemId, spentMs, reviewer) =>
        command(() => queues.skip(name, itemId, spentMs, { reviewer, now: now() })),
      reopenItem: async (name, itemId, reviewer) =>
        command(() => queues.reopen(name, itemId, { reviewer, now: now() })),
      acceptSuggested: async (traceId, patch, steps, reviewer) =>
        command(() => {
          const act = { reviewer, kind: 'accept', title: 'Suggestions accepted', bulk: uidBytes(uuidv7()), at: now() };
          if (patch !== null) reviews.set(traceId, patch, reviewer, act.at, undefined, act);
          for (const step of steps) labels.labelStep(traceId, step, { reviewer, at: act.at, act });
        }),
      undoReview: async (reviewer) => command(() => acts.undo(reviewer, now())),
      redoReview: async (reviewer) => command(() => acts.redo(reviewer, now())),
      setConsents: async (traceIds, consent) => command(() => ofConsents.set(traceIds, consent, now())),
      setConsentRule: async (session, consent) => command(() => ofConsents.setRule(session, consent)),
      deleteTrace: async (traceId) => {
        const deleted = command(() => {
          const done = deleteTrace(traceId);
          if (done) modelCalls.forget();
          return done;
        });
        savers.steps.forget();
        // The log still has the old pages.
        if (deleted) checkpoint.now();
        return deleted;
      },
      deleteOldTraces: async (traceIds, guard) => {
        const deleted = command(() => {
          const done = old.traces(traceIds, guard);
          if (done.traces > 0) modelCalls.forget();
          return done;
        });
        savers.steps.forget();
        return deleted;
      },
      deleteLooseExchanges: async (exchangeIds) => command(() => old.exchanges(exchangeIds)),
      deleteOldJobs: async (before) => command(() => old.jobs(before)),
      tidyTexts: async (begin) => tidyTexts(db, begin),
      giveBackSpace: async () => {
        const done = giveBack(db);
        if (!done.more) checkpoint.now();
        return done;
      },
      saveFilter: async (filter) => command(() => filters.save(filter, now())),
      deleteFilter: async (filterId) => command(() => filters.delete(filterId)),
      saveJob: async (job) => command(() => jobs.save(job)),
      saveModelCall: async (call) => command(() => modelCalls.save(call, now())),
      saveQuality: async (scored) => command(() => quality.save(scored, now())),
      signNear: async (level, traces) => command(() => near.sign(level, traces)),
      clusterNear: async (level, change) => command(() => near.cluster(level, change)),
      addScore: async (traceId, score) => command(() => scores.add(traceId, score)),
      saveJudgement: async (made, sent) => command(() => judgements.save(made, sent, now())),
      noteUnjudged: async (traceId, reason) => command(() => judgements.unjudged(traceId, reason)),
      savePair: async (made, sent) => command(() => judgements.savePair(made, sent, now())),
      saveExpansion: async (made, cached) => command(() => expansions.save(made, cached, now())),
      saveProbe: async (result) => command(() => judgements.saveProbe(result, now())),
      beginQaRun: async (run) => command(() => qaRuns.begin(run)),
      saveQaRun: async (run) => command(() => qaRuns.save(run)),
      keepQaRun: async (runId, kept) => command(() => qaRuns.keep(runId, kept)),
      failQaRun: async (runId, reason) => command(() => qaRuns.fail(runId, reason, now())),
      forgetGoneQaRuns: async (runIds) => command(() => qaRuns.forgetGone(runIds)),
      endLostQaRuns: async (liveJobs) => command(() => qaRuns.endLost(liveJobs, now())),
      addTypedFindings: async (typed) => command(() => findings.addTyped(typed, now())),
      judgeToolCall: async (which, verdict) => command(() => toolCallCommands.judge(which, verdict)),
      rederiveToolCalls: async () => command(() => toolCallCommands.rederive()),
      endRunning: async (traceIds, exitCode) => command(() => traces.endRun(traceIds, exitCode)),
    },
    close: () => {
      if (!db.open) return;
      checkpoint.stop();
      // No `PRAGMA optimize`: queries say themselves how they are run, and statistics would overrule what is tested.
      db.close();
    },
  };
}

/** `curl/8.5.0` of `curl/8.5.0 (x86_64)`. */
function firstProduct(headers: HeaderList): string {
  const agent = headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? '';
  return /^[\x21-\x7e]{1,64}/.exec(agent.trim())?.[0] ?? 'unknown';
}
