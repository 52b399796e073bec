import { randomBytes } from 'node:crypto';
import { bindOperations, type Intake } from '../../src/main/api/index.js';
import { createExports, exportKind, previewDataset, previewDefinition, traceAs } from '../../src/main/dataset/index.js';
import type { EngineContext } from '../../src/main/engine/context.js';
import { createHolds } from '../../src/main/engine/erasure/holds.js';
import { exportGuard } from '../../src/main/engine/export-guard.js';
import { openAudit } from '../../src/main/engine/live/audit.js';
import { openLiveRedactor } from '../../src/main/engine/live/redactor.js';
import { sealedCredentials } from '../../src/main/engine/live/sealed-credentials.js';
import { openSettings } from '../../src/main/engine/live/settings.js';
import { sealedText, typedText } from '../../src/main/engine/live/typed-text.js';
import { namedDatasets } from '../../src/main/engine/named-datasets.js';
import { jobsOf, servicesOf } from '../../src/main/engine/part.js';
import { auditPart } from '../../src/main/engine/parts/audit.js';
import { consentPart } from '../../src/main/engine/parts/consent.js';
import { exchangesPart } from '../../src/main/engine/parts/exchanges.js';
import { expansionsPart } from '../../src/main/engine/parts/expansions.js';
import { finalizePart } from '../../src/main/engine/parts/finalize.js';
import { findingsPart } from '../../src/main/engine/parts/findings.js';
import { intakeServices } from '../../src/main/engine/parts/intake.js';
import { jobsPart } from '../../src/main/engine/parts/jobs.js';
import { judgePart } from '../../src/main/engine/parts/judge.js';
import { modelsPart } from '../../src/main/engine/parts/models.js';
import { oraclePart } from '../../src/main/engine/parts/oracle.js';
import { oracleMeasuresPart } from '../../src/main/engine/parts/oracle-measures.js';
import { policyPart } from '../../src/main/engine/parts/policy.js';
import { qualityPart } from '../../src/main/engine/parts/quality.js';
import { renderPart } from '../../src/main/engine/parts/render.js';
import { reviewPart } from '../../src/main/engine/parts/review.js';
import { runsPart } from '../../src/main/engine/parts/runs.js';
import { settingsPart } from '../../src/main/engine/parts/settings.js';
import { statusPart } from '../../src/main/engine/parts/status.js';
import { tracesPart } from '../../src/main/engine/parts/traces.js';
import { validationPart } from '../../src/main/engine/parts/validation.js';
import { verifyPart } from '../../src/main/engine/parts/verify.js';
import { webhooksPart } from '../../src/main/engine/parts/webhooks.js';
import { readsOf } from '../../src/main/engine/reading/reads.js';
import { type JobKind, type JobStep, silent } from '../../src/main/ground/job-kind.js';
import { dataFolder, makeDataFolder } from '../../src/main/home/folder.js';
import { createLogger } from '../../src/main/home/log.js';
import { openTokens } from '../../src/main/home/tokens.js';
import { openVault } from '../../src/main/home/vault.js';
import { importKind } from '../../src/main/intake/import-kind.js';
import type { IntakeQueue } from '../../src/main/intake/queue.js';
import { createSentBodies, type Taken } from '../../src/main/intake/sent/bodies.js';
import type { createJobs } from '../../src/main/jobs/index.js';
import { measuringIn } from '../../src/main/oracle/index.js';
import { defaultPolicy } from '../../src/main/redact/index.js';
import { validateTrace } from '../../src/main/validate/index.js';
import type { exportsContract, leaksContract } from '../../src/shared/contract/datasets.js';
import type { Handlers } from '../../src/shared/contract/operation.js';
import type { privacyContract } from '../../src/shared/contract/privacy.js';
import { uuidv7 } from '../../src/shared/ids.js';
import type { CapturedExchange, ChatMessage, Json, Tick } from '../../src/shared/model/index.js';
import { kindOf } from './job-kinds.js';
import { memoryStore } from './memory-store.js';
import { agentSession, type Session, sessionSource } from './traces.js';

/** Messages of role and text, whatever the vendor. */
function readPlainMessages(_dialect: string, messages: Json): ChatMessage[] {
  return (messages as { role?: string; content?: string }[]).map(({ role, content }) => ({
    role: (role ?? 'assistant') as ChatMessage['role'],
    parts: [{ type: 'text', text: content ?? '' }],
  }));
}

/** Reads what is sent here, and of OpenTelemetry's only how long it is. */
function bodiesHere(queue: Pick<IntakeQueue, 'submitSlices'>) {
  const bodies = createSentBodies({
    readMessages: readPlainMessages,
    readOtlp: (body, contentType) => ({
      records: [],
      rejected: 0,
      message: '',
      skipped: 0,
      left_out: [],
      answer: () => ({ body: JSON.stringify({ read: body.byteLength }), contentType }),
    }),
  });
  const open: Intake['open'] = async (kind, blocks, how, use) => {
    const opened = bodies.answer({ type: 'open', kind, blocks, how }) as { body: string; head: never };
    return use({
      head: opened.head,
      async submit(order, sender) {
        const first = bodies.answer({ type: 'take', body: opened.body, order, sender }) as Taken;
        await queue.submitSlices(
          first.exchanges,
          async () => (bodies.answer({ type: 'next', body: opened.body }) as Taken).exchanges,
        );
        return { trace_id: first.trace_id };
      },
    });
  };
  return { open, close: async () => undefined };
}

/** The engine's own parts over a store in memory, without threads; what they would send to the journal stands in `journal`. */
export function testServices(options: { dataDir: string; sessions?: Session[] }) {
  const sessions = options.sessions ?? Array.from({ length: 3 }, (_, number) => agentSession(number, 2));
  const { reader, commands } = memoryStore(sessions);
  const source = sessionSource(sessions);
  const folder = dataFolder(options.dataDir);
  makeDataFolder(folder);
  const key = randomBytes(32);
  const token = randomBytes(16).toString('hex');

  const listeners = new Set<(tick: Tick) => void>();
  let seq = 0;
  const tick = (topics: Tick['topics']) => {
    seq += 1;
    for (const listener of listeners) listener({ seq, topics });
  };
  const onTick = (listener: (tick: Tick) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  /** What was put into the journal, and how much of it is said to wait. */
  const journal = { exchanges: [] as CapturedExchange[], pending: 0 };
  const counters = { get: (name: string) => (name === 'seen' || name === 'stored' ? 2 : 0) };
  const thread = { handle: () => ({ request: async () => undefined }), restarts: () => 0 };
  const threads = {
    capture: thread,
    pipeline: thread,
    captured: counters,
    piped: counters,
    pending: () => journal.pending,
    openRun: async () => 7692,
    updateCapture: async () => undefined,
  };

  const audit = openAudit(folder, key, tick);
  const vault = openVault(folder.vault, key);
  const live = openLiveRedactor({ folder, vault, pseudonymKey: key, secrets: [] });
  const typed = typedText({ redact: (text) => live.redactor.text(text), keep: commands.addTypedFindings });
  const sealed = sealedText(key);
  const settings = openSettings(folder, {}, sealedCredentials(sealed));
  const reads = readsOf(reader);
  const guard = exportGuard({
    knownValues: () => [],
    policy: () => defaultPolicy,
    pseudonymKey: key,
    record: audit.record,
  });
  /** Kinds of the work thread, on this one. */
  const here = <Tools>(kind: JobKind<unknown, unknown, Tools>, tools: Tools): JobKind =>
    kindOf(kind.id, (params, control) => kind.run(params, control, tools));

  const stored = async () => undefined;
  const inject = async (exchanges: CapturedExchange[]) => void journal.exchanges.push(...exchanges);
  let uploaded = async (_id: string): Promise<Uint8Array | null> => null;
  const importing = {
    submitExchanges: inject,
    stored,
    exchange: () => null,
    traceIdByKey: () => null,
    hasTrace: () => false,
    readMessages: readPlainMessages,
    readCall: () => {
      throw new TypeError('No body of an API is read here.');
    },
    consentOf: () => null,
    async *upload(id: string) {
      for (let bytes = await uploaded(id); bytes !== null; bytes = await uploaded(id)) yield bytes;
    },
    openSealed: sealed.open,
    sessionsIn: () => null,
    toolsBeside: () => null,
    chosenLines: async function* () {},
  };
  const work = {
    kinds: [here(exportKind, { source, guard }), here(importKind, { importing })],
    answerIntake(given: { uploaded: typeof uploaded }) {
      uploaded = given.uploaded;
    },
    step: <Params, Result>(step: JobStep<Params, Result, never>, params: Params) =>
      step.run(params, silent, {
        source,
        datasetsFolder: folder.datasets,
        stored,
        trace: reader.trace,
        measuring: measuringIn(['resources/oracle/domains']),
      } as never),
  };

  let queue: ReturnType<typeof createJobs> | undefined;
  const jobs = () => queue as ReturnType<typeof createJobs>;
  const startJob = (kind: string, title: string, params: Json) => jobs().start(kind, title, params);
  const proxyUrl = (port: number) => `http://127.0.0.1:${port}`;
  // What the parts ask of the engine's context where no thread runs.
  const context = {
    options: { version: '0.1.0', command: 'sluice', threads: {}, resources: 'resources' },
    startedAt: performance.now(),
    log: createLogger('silent'),
    folder,
    keys: { pseudonym: key, webhooks: key },
    sealed,
    settings,
    ownTokens: [token],
    commandToken: null,
    commandLine: { call: 'sluice', data_dir: null },
    ca: { certPath: `${options.dataDir}/ca.pem` },
    vault,
    live,
    redactor: live.redactor,
    scan: () => [],
    tick,
    onTick,
    audit,
    observed: { tunnelled() {}, inFlight: () => [], firstExchange: () => null, refusals: () => [] },
    threads,
    losses: { earlier: () => null, acknowledge: () => null },
    work,
    commands,
    stored,
    reader,
    reading: {
      reads,
      preview: async (wanted: Parameters<typeof previewDataset>[0]) => previewDataset(wanted, source),
      validate: async (traceId: string) => {
        const trace = reader.trace(traceId);
        return trace && validateTrace(trace);
      },
      shaped: async (traceId: string, shape: Parameters<typeof traceAs>[0]) => {
        const trace = reader.trace(traceId);
        return trace && new TextEncoder().encode(JSON.stringify(traceAs(shape, trace)));
      },
    },
    typed,
    proxyUrl,
    addresses: { proxy: () => proxyUrl(7690), api: proxyUrl(7691) },
    inject,
    jobs,
    holds: createHolds(),
    tracesDeleted: async () => {},
    whenDeleted() {},
    setJobs(made: ReturnType<typeof createJobs>) {
      queue = made;
    },
    startJob,
  } as unknown as EngineContext;

  const exportsOf = createExports({ source, folder: folder.exports, startJob });
  const datasets = {
    id: 'datasets',
    services: {
      ...namedDatasets({
        folder: folder.datasets,
        source,
        startJob,
        work,
        typed,
        reading: { previewDefinition: (definition) => previewDefinition(definition, source) },
      }),
      exports: {
        preview: (wanted) => previewDataset(wanted, source),
        start: ({ out, allow_leaks, ...wanted }, { actor }) => exportsOf.start(wanted, out, { actor, allow_leaks }),
      } satisfies Handlers<typeof exportsContract>,
      leaks: {
        start: () => Promise.reject(new TypeError('not asked for')),
        report: () => Promise.reject(new TypeError('not asked for')),
        sampleRow: () => Promise.reject(new TypeError('not asked for')),
      } satisfies Handlers<typeof leaksContract>,
    },
  };
  const privacy = {
    id: 'privacy',
    services: {
      privacy: {
        rescan: () => startJob('rescan', 'Redact anew what is stored', {}),
        erase: async () => ({ erasure_id: uuidv7(), job: await startJob('erasure', 'Erasure', {}) }),
        receipts: () => ({ items: [], next_cursor: null }),
        receipt: () => Promise.reject(new TypeError('not asked for')),
        search: () => ({ items: [], next_cursor: null, progress: 1 }),
        exportSubject: () => startJob('subject-export', 'Everything held on a subject', {}),
        places: () => [],
      } satisfies Handlers<typeof privacyContract>,
    },
  };

  const consent = consentPart(context);
  const policy = policyPart(context);
  const intake = intakeServices(context, consent, bodiesHere);
  const models = modelsPart(context);
  const oracle = oraclePart(context, intake, models);
  const judge = judgePart(context, models);
  const verify = verifyPart(context);
  const finalize = finalizePart(context, { models, judge, verify });
  const webhooks = webhooksPart(context);
  const runs = runsPart(context, consent, { open: async () => {}, close: async () => null }, models);
  const kinds = ['consent', 'retention', 'rescan', 'erasure', 'subject-export', 'validate', 'quality', 'dedupe'];
  const services = servicesOf([
    exchangesPart(context),
    auditPart(context),
    tracesPart(context),
    reviewPart(context),
    consent,
    settingsPart(context, consent),
    validationPart(context),
    qualityPart(context),
    datasets,
    renderPart(context),
    intake,
    oracle,
    oracleMeasuresPart(context),
    policy,
    findingsPart(context, policy),
    privacy,
    models,
    judge,
    expansionsPart(context, models),
    verify,
    finalize,
    webhooks,
    runs,
    statusPart(context, { runs, intake }),
    jobsPart(
      context,
      [...kinds.map((kind) => kindOf(kind, async () => ({}))), ...jobsOf([oracle, verify, finalize])],
      webhooks.onJob,
    ),
  ]);
  const operations = bindOperations(services, audit);
  return {
    operations,
    services,
    reads,
    commands,
    tokens: openTokens(folder.tokens, [token]),
    settings,
    audit,
    live,
    token,
    startJob,
    tick: (...topics: Tick['topics']) => tick(topics),
    listeners,
    journal,
    settled: (jobId: string) => jobs().settled(jobId),
  };
}
