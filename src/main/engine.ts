import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { SluiceError } from '../shared/errors.js';
import { uuidv7 } from '../shared/ids.js';
import type { CapturedExchange, Health, InFlight, Job, Status } from '../shared/model/index.js';
import { toIso } from '../shared/model/index.js';
import { type Settings, settingsSchema } from '../shared/settings.js';
import { startApi } from './api/index.js';
import type { Services, Writes } from './api/services.js';
import { loadOrCreateCa } from './capture/ca.js';
import { captureCounters, captureCountersBytes } from './capture/counters.js';
import { connectSnippets } from './capture/launch/snippets.js';
import { refusalFix } from './capture/refusals.js';
import { createExports, exportJobKind, removeLeftovers } from './dataset/index.js';
import { readMessages } from './decode/index.js';
import { dataFolder, makeDataFolder } from './home/folder.js';
import { deriveKeys, loadMasterKey, loadToken } from './home/keys.js';
import { knownSecrets } from './home/known-values.js';
import { lockFolder } from './home/lock.js';
import { createLogger } from './home/log.js';
import { parseSettings, readPolicyFile, readSettings, writeSettings } from './home/settings-file.js';
import { openTokens } from './home/tokens.js';
import {
  createImports,
  createIntakeQueue,
  createOtlpReader,
  createWatches,
  eventsRecord,
  finalizeJob,
  finalizeJobKind,
  finalizeRecord,
  importJobKind,
  ingestRecord,
  telemetryRecord,
} from './intake/index.js';
import { createJobs } from './jobs/index.js';
import { metricsText } from './metrics.js';
import { createRedactor, defaultPolicy, loadPolicy } from './redact/index.js';
import { runSummary } from './run-summary.js';
import { openReader } from './store/index.js';
import { pipelineCounters, pipelineCountersBytes } from './threads/pipeline-counters.js';
import type {
  CaptureEvent,
  CaptureRequest,
  CaptureThreadData,
  PipelineEvent,
  PipelineRequest,
  PipelineThreadData,
  Position,
} from './threads/protocol.js';
import { supervise } from './threads/supervisor.js';
import { createTicker } from './threads/ticker.js';
import { startWorker } from './threads/worker-handle.js';

/** What is not stored by then waits in the journal for the next start. */
const drainMs = 30_000;

export interface EngineOptions {
  dataDir: string;
  /** Flags and variables over the settings file, for this run only. */
  overrides?: Partial<Settings>;
  token?: string;
  /** Master key where the host keeps it itself (safeStorage); 32 bytes. */
  key?: Uint8Array;
  /** Built entries of the threads and the built studio. */
  threads: { capture: URL; pipeline: URL };
  uiDir: string;
  version: string;
  /** How the command line is called here, for the lines that users copy. */
  command: string;
  /** Exchanges to put in when the store is empty. */
  demo?: () => CapturedExchange[];
  /** The engine cannot go on (a thread crashes again and again) and has stopped. */
  onFatal?(error: Error): void;
}

/** What `serve --json` prints. */
export interface ReadyInfo {
  ready: true;
  proxy: string;
  api: string;
  ui: string;
  token: string;
  ca: string;
  data_dir: string;
  pid: number;
}

export interface Engine {
  ready: ReadyInfo;
  services: Services;
  /** Finishes open responses up to the grace time, stores what is in the journal, gives the folder back. */
  stop(): Promise<void>;
}

/** Starts everything on one data folder: threads, store, API. Rejects with a SluiceError that says what to do. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const startedAt = performance.now();
  const log = createLogger();
  const folder = dataFolder(options.dataDir);
  // Whatever this process creates is the user's alone, SQLite's files too.
  process.umask(0o077);
  makeDataFolder(folder);
  const lock = lockFolder(folder);
  const undo: (() => unknown)[] = [() => lock.release()];
  try {
    return await compose();
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }

  async function compose(): Promise<Engine> {
    let fileSettings = readSettings(folder);
    const overrides = options.overrides ?? {};
    // Upstreams and hosts of the flags come on top of those of the file; every other flag takes the setting's place.
    const effective = () =>
      parseSettings(
        {
          ...fileSettings,
          ...overrides,
          upstreams: { ...fileSettings.upstreams, ...overrides.upstreams },
          intercept: [...new Set([...fileSettings.intercept, ...(overrides.intercept ?? [])])],
        },
        'settings',
      );
    let settings = effective();
    const atStart = settings;
    const policyJson = readPolicyFile(folder);
    const token = loadToken(folder, options.token);
    const tokens = openTokens(folder.tokens, token);
    // A file that cannot be read is said now, not at the first request.
    tokens.list();
    const keys = deriveKeys(options.key ?? loadMasterKey(folder));
    const ca = await loadOrCreateCa(folder.root);
    const known = knownSecrets(process.env, token);
    const redactor = createRedactor({
      policy: policyJson === undefined ? defaultPolicy : loadPolicy(policyJson),
      key: keys.pseudonym,
      known,
    });

    const captureMemory = new SharedArrayBuffer(captureCountersBytes);
    const captured = captureCounters(captureMemory);
    const pipelineMemory = new SharedArrayBuffer(pipelineCountersBytes);
    const piped = pipelineCounters(pipelineMemory);
    const ticker = createTicker();
    undo.push(() => ticker.stop());
    let live: InFlight[] = [];
    const refusals = new Map<string, Status['refusals'][number]>();
    let proxyPort = settings.proxy_port;
    let journalStart: Position | null = null;

    // ---- threads ----
    const captureThread = await supervise<CaptureRequest>({
      start: () =>
        startWorker<CaptureRequest, CaptureEvent>(
          options.threads.capture,
          {
            host: settings.host,
            port: proxyPort,
            token,
            settings,
            ca: { certPem: ca.certPem, keyPem: ca.keyPem },
            journalDir: folder.journal,
            journalKey: keys.journal,
            counters: captureMemory,
          } satisfies CaptureThreadData,
          onCaptureEvent,
        ),
      async ready(handle) {
        const answer = (await handle.request({ type: 'ready' })) as { port: number; journalStart: Position };
        proxyPort = answer.port;
        journalStart ??= answer.journalStart;
      },
      restarted: (handle) => {
        captured.set('in_flight', 0);
        captured.set('tunnels_open', 0);
        live = [];
        joinThreads(handle, pipelineThread.handle());
      },
      onCrash: (error) => log.error({ thread: 'capture', name: error.name }, 'thread_crashed'),
      onGiveUp: fatal,
    });
    undo.push(() => {
      captureThread.expectEnd();
      return captureThread.handle().terminate();
    });

    const crashedAt = new Map<string, number>();
    let skip: Position | null = null;
    let backlogUntil: Position | null = journalStart;
    const pipelineThread = await supervise<PipelineRequest>({
      start: () =>
        startWorker<PipelineRequest, PipelineEvent>(
          options.threads.pipeline,
          {
            database: folder.database,
            journalDir: folder.journal,
            journalKey: keys.journal,
            sealKey: keys.seal,
            pseudonymKey: keys.pseudonym,
            policy: policyJson,
            known,
            counters: pipelineMemory,
            backlogUntil,
            skip,
          } satisfies PipelineThreadData,
          onPipelineEvent,
        ),
      async ready(handle) {
        await handle.request({ type: 'ready' });
        backlogUntil = null;
      },
      restarted: (handle) => joinThreads(captureThread.handle(), handle),
      onCrash(error) {
        log.error({ thread: 'pipeline', name: error.name }, 'thread_crashed');
        const at = { segment: piped.get('at_segment'), offset: piped.get('at_offset') };
        if (at.segment === 0) return;
        const place = `${at.segment}:${at.offset}`;
        crashedAt.set(place, (crashedAt.get(place) ?? 0) + 1);
        // The same record twice: the third time it is kept sealed instead of being read.
        if ((crashedAt.get(place) as number) >= 2) skip = at;
      },
      onGiveUp: fatal,
    });
    undo.push(() => {
      pipelineThread.expectEnd();
      return pipelineThread.handle().terminate();
    });
    joinThreads(captureThread.handle(), pipelineThread.handle());

    /** Gives both threads an end of a channel of their own. */
    function joinThreads(
      capture: { connect(port: MessageChannel['port1']): void },
      pipeline: { connect(port: MessageChannel['port1']): void },
    ): void {
      const channel = new MessageChannel();
      pipeline.connect(channel.port2);
      capture.connect(channel.port1);
    }

    let firstExchange: string | null = null;
    /** Exchanges that others sent, and the demo's: nobody connected an agent for them. */
    let injected = 0;
    async function inject(exchanges: CapturedExchange[]): Promise<void> {
      // Counted first: the tick that they cause may be here before the answer.
      injected += exchanges.length;
      try {
        await captureThread.handle().request({ type: 'inject', exchanges });
      } catch (error) {
        injected -= exchanges.length;
        throw error;
      }
    }
    function noteFirst(): void {
      if (firstExchange === null && captured.get('seen') > injected) firstExchange = toIso(Date.now() * 1000);
    }

    function onCaptureEvent(event: CaptureEvent): void {
      switch (event.type) {
        case 'live':
          noteFirst();
          live = event.list.map((entry) => ({ ...entry, url: redactor.url(entry.url) }));
          ticker.tick(['live']);
          break;
        case 'refusal': {
          const id = `${event.host}:${event.port} ${event.client}`;
          refusals.set(id, {
            host: event.host,
            client: event.client,
            count: (refusals.get(id)?.count ?? 0) + 1,
            last_at: toIso(Date.now() * 1000),
            reason: event.reason,
            fix: refusalFix(event.client, ca.certPath),
            tunnelled: false,
          });
          if (refusals.size > 200) refusals.delete(refusals.keys().next().value as string);
          ticker.tick(['refusals']);
          break;
        }
        case 'exception':
          log.error({ name: event.name, place: event.place }, 'capture_exception');
          break;
        case 'journal-error':
          log.error({ message: event.message }, 'journal_failed');
          break;
      }
    }
    function onPipelineEvent(event: PipelineEvent): void {
      if (event.type === 'tick') {
        noteFirst();
        ticker.tick(event.topics);
      } else log[event.level](event.fields, event.event);
    }

    // ---- store and jobs ----
    const reader = openReader(folder.database, { sealKey: keys.seal });
    undo.push(() => reader.close());
    const write = (method: string, args: unknown[]) => pipelineThread.handle().request({ type: 'write', method, args });
    const changed = <T>(topics: Parameters<typeof ticker.tick>[0], result: T): T => {
      ticker.tick(topics);
      return result;
    };
    const writes: Writes = {
      setReview: async (traceId, patch) =>
        changed(
          ['reviews', 'traces'],
          (await write('setReview', [traceId, patch])) as Awaited<ReturnType<Writes['setReview']>>,
        ),
      deleteTrace: async (traceId) =>
        changed(['traces', 'exchanges'], (await write('deleteTrace', [traceId])) as boolean),
      saveFilter: async (filter) =>
        changed(['filters'], (await write('saveFilter', [filter])) as Awaited<ReturnType<Writes['saveFilter']>>),
      deleteFilter: async (filterId) => changed(['filters'], (await write('deleteFilter', [filterId])) as boolean),
    };
    // What an export left half-written when its process was killed.
    await removeLeftovers(folder.exports);
    const exports = createExports({
      source: {
        traces: (query, signal) => reader.iterateTraces(query, signal),
        count: (query) => reader.countTraces(query),
        callMessages: (callId) => reader.callMessages(callId),
        traceSummary: (traceId) => reader.traceSummary(traceId),
      },
      folder: folder.exports,
      startJob: (kind, title, params) => jobs.start(kind, title, params),
    });
    const imports = createImports({
      submitExchanges: (exchanges, submit) => intake.submitExchanges(exchanges, submit),
      stored,
      exchange: (exchangeId) => reader.exchange(exchangeId, 0),
      traceIdByKey: (key) => services.reads.traceIdByKey(key),
      readMessages,
      startJob: (kind, title, params) => jobs.start(kind, title, params),
      settled: (jobId) => jobs.settled(jobId),
    });
    const watches = createWatches({
      submitExchanges: (exchanges, submit) => intake.submitExchanges(exchanges, submit),
      stored,
      exchange: (exchangeId) => reader.exchange(exchangeId, 0),
      traceIdByKey: (key) => services.reads.traceIdByKey(key),
      readMessages,
      stateFile: join(folder.root, 'watched.json'),
      onError: (error) => log.error({ name: (error as Error).name }, 'watch_failed'),
    });
    const jobs = createJobs({
      store: {
        jobs: (cursor, limit) => reader.jobs(cursor, limit),
        job: (jobId) => reader.job(jobId),
        saveJob: (job: Job) => write('saveJob', [job]),
      },
      runners: {
        [exportJobKind]: exports.run,
        [importJobKind]: imports.run,
        [finalizeJobKind]: finalizeJob({ stored, trace: (traceId) => reader.trace(traceId) }),
      },
      onChange: () => ticker.tick(['jobs']),
      onError: (error, job) => log.error({ job_id: job.job_id, name: (error as Error).name }, 'job_failed'),
    });

    // ---- services ----
    const proxyHost = (host: string) =>
      host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
    const proxyUrl = (port: number) => `http://${proxyHost(settings.host)}:${port}`;
    const runs = new Map<string, { session: string; from: string; seen: number }>();
    let apiUrl = '';

    const pending = () => Math.max(0, piped.get('backlog') + captured.get('journaled') - piped.get('processed'));
    const intake = createIntakeQueue({
      inject,
      stored,
      counters: () => ({
        pending: pending(),
        processed: piped.get('processed'),
        journal_bytes: captured.get('journal_bytes'),
      }),
    });
    const health = (): Health => ({
      status: 'healthy',
      version: options.version,
      uptime_s: Math.round((performance.now() - startedAt) / 1000),
      exchanges: {
        seen: captured.get('seen'),
        stored: piped.get('stored'),
        pending: pending(),
        undecoded: piped.get('undecoded'),
        failed: captured.get('failed'),
      },
    });
    const status = (): Status => ({
      ...health(),
      pid: process.pid,
      data_dir: folder.root,
      proxy: proxyUrl(proxyPort),
      api: apiUrl,
      ca_path: ca.certPath,
      node: process.version,
      demo: options.demo !== undefined,
      capture: {
        in_flight: captured.get('in_flight'),
        tunnels_open: captured.get('tunnels_open'),
        tunnelled: captured.get('tunnelled'),
        bytes_in: captured.get('bytes_in'),
        bytes_out: captured.get('bytes_out'),
        aborted: captured.get('aborted'),
        truncated: captured.get('truncated'),
        journal_bytes: captured.get('journal_bytes'),
        unknown_events: piped.get('unknown_events'),
      },
      backpressure: intake.backpressure(),
      first_exchange_at: firstExchange,
      refusals: [...refusals.values()].reverse(),
      restarts: { capture: captureThread.restarts(), pipeline: pipelineThread.restarts() },
    });

    async function setSettings(patch: Partial<Settings>) {
      const next = parseSettings({ ...fileSettings, ...settingsSchema.partial().parse(patch) }, 'settings');
      writeSettings(folder, next);
      fileSettings = next;
      settings = effective();
      await captureThread.handle().request({ type: 'update', settings });
      ticker.tick(['settings']);
      return settingsView();
    }
    function settingsView() {
      const restart = (['host', 'proxy_port', 'api_port'] as const).filter((key) => settings[key] !== atStart[key]);
      return { settings, overridden: Object.keys(overrides), restart_needed: restart };
    }

    async function stored(): Promise<void> {
      const position = (await captureThread.handle().request({ type: 'position' })) as Position;
      await pipelineThread.handle().request({ type: 'drain', position });
    }

    const services: Services = {
      token,
      tokens,
      intake: {
        ...intake,
        telemetryRecord,
        eventsRecord,
        finalizeRecord,
        ingestRecord: (sent, known, now) => ingestRecord(sent, known, readMessages, now),
        otlpRecords: createOtlpReader(readMessages),
      },
      startFinalize: (traceId) => jobs.start(finalizeJobKind, `Finalize ${traceId}`, { trace_id: traceId }),
      health,
      status,
      metrics: () => metricsText(status()),
      inFlight: () => live,
      onTick: ticker.listen,
      reads: reader,
      writes,
      exports,
      imports,
      watches,
      jobs,
      settings: { get: settingsView, set: setSettings },
      snippets: () =>
        connectSnippets({
          proxy: proxyUrl(proxyPort),
          caPath: ca.certPath,
          upstreams: Object.keys(settings.upstreams),
          command: options.command,
        }),
      async tunnelHost(host) {
        if (!fileSettings.tunnel.includes(host)) await setSettings({ tunnel: [...fileSettings.tunnel, host] });
        for (const refusal of refusals.values()) if (refusal.host === host) refusal.tunnelled = true;
        ticker.tick(['refusals']);
      },
      async startRun(session) {
        const runId = uuidv7();
        const name =
          session ??
          `run-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`;
        const port = (await captureThread.handle().request({ type: 'open-run', runId, session: name })) as number;
        runs.set(runId, { session: name, from: toIso(Date.now() * 1000), seen: captured.get('seen') });
        return { run_id: runId, proxy: proxyUrl(port) };
      },
      async endRun(runId) {
        const run = runs.get(runId);
        if (!run) throw new SluiceError('not_found', 'There is no such run.');
        runs.delete(runId);
        await captureThread.handle().request({ type: 'close-run', runId });
        await stored();
        return runSummary(reader, run.session, run.from);
      },
    };

    const api = await startApi({
      services,
      host: settings.host,
      port: settings.api_port,
      uiDir: options.uiDir,
      logger: log,
    });
    apiUrl = api.url;
    undo.push(() => api.close(0));
    lock.announce({ proxy: proxyUrl(proxyPort), api: api.url });
    if (options.demo && reader.exchanges({ query: '', limit: 1, cursor: null }).items.length === 0) {
      await inject(options.demo());
      await stored();
    }

    let stopping: Promise<void> | undefined;
    async function stop(): Promise<void> {
      captureThread.expectEnd();
      // Traffic first: what is still open may finish, and what finished must be stored.
      // A thread that is down just now cannot answer; what the journal holds is stored at the next start.
      const position = (await captureThread
        .handle()
        .request({ type: 'stop', graceMs: settings.drain_grace_ms })
        .catch(() => null)) as Position | null;
      await within(drainMs, watches.close());
      await jobs.close();
      if (position) await within(drainMs, pipelineThread.handle().request({ type: 'drain', position }));
      await api.close(1000);
      pipelineThread.expectEnd();
      // The writer's connection goes last: it is the one that may fold the write-ahead log back into the database.
      reader.close();
      await within(1000, pipelineThread.handle().request({ type: 'stop' }));
      // Both have closed their files; a connection that is still being opened must not hold up the end.
      await Promise.all([captureThread.handle().terminate(), pipelineThread.handle().terminate()]);
      ticker.stop();
      lock.release();
    }
    function fatal(error: Error): void {
      log.fatal({ name: error.name }, 'thread_gave_up');
      captureThread.expectEnd();
      pipelineThread?.expectEnd();
      options.onFatal?.(error);
    }

    return {
      ready: {
        ready: true,
        proxy: proxyUrl(proxyPort),
        api: api.url,
        ui: `${api.url}/#token=${encodeURIComponent(token)}`,
        token,
        ca: ca.certPath,
        data_dir: folder.root,
        pid: process.pid,
      },
      services,
      stop: () => (stopping ??= stop()),
    };
  }
}

/** Waits for an answer that may not come: a full disk stops the store, a crash stops the thread. */
async function within(ms: number, answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([answer.catch(() => {}), late]);
  clearTimeout(timer);
}

/** Default entries for code that was built into one folder. */
export function builtThreads(folder: string): EngineOptions['threads'] {
  return {
    capture: new URL(`file://${join(folder, 'capture-thread.js')}`),
    pipeline: new URL(`file://${join(folder, 'pipeline-thread.js')}`),
  };
}
