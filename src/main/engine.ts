import { join } from 'node:path';
import type { CapturedExchange, Health, Status } from '../shared/model/index.js';
import type { Settings } from '../shared/settings.js';
import { startApi } from './api/index.js';
import type { Services, Writes } from './api/services.js';
import { loadOrCreateCa } from './capture/ca.js';
import { connectSnippets } from './capture/launch/snippets.js';
import { readMessages } from './decode/index.js';
import { openAudit } from './engine/audit.js';
import { createConsent } from './engine/consent.js';
import { exportGuard } from './engine/export-guard.js';
import { healthReasons, watchReasons } from './engine/health.js';
import { inOrder } from './engine/in-order.js';
import { leakReports } from './engine/leak-reports.js';
import { openLiveRedactor } from './engine/live-redactor.js';
import { openSettings } from './engine/live-settings.js';
import { createObserved } from './engine/observed.js';
import { createPolicyServices } from './engine/policy.js';
import { createPrivacy } from './engine/privacy.js';
import { createRuns } from './engine/runs.js';
import { sealedCredentials } from './engine/sealed-credentials.js';
import { startThreads } from './engine/threads.js';
import { sealedText, typedText } from './engine/typed-text.js';
import { openWork } from './engine/work.js';
import { dataFolder, makeDataFolder } from './home/folder.js';
import { deriveKeys, loadMasterKey, loadToken } from './home/keys.js';
import { knownSecrets } from './home/known-values.js';
import { lockFolder } from './home/lock.js';
import { createLogger } from './home/log.js';
import { openTokens } from './home/tokens.js';
import { openVault } from './home/vault.js';
import {
  createIntakeQueue,
  createOtlpReader,
  eventsRecord,
  finalizeJobKind,
  finalizeRecord,
  ingestRecord,
  telemetryRecord,
} from './intake/index.js';
import { metricsText } from './metrics.js';
import { redactorForExport } from './redact/index.js';
import { openReader } from './store/index.js';
import type { Position } from './threads/protocol.js';
import { createTicker } from './threads/ticker.js';
import { listSchemas, type Scan, schemaOf, validateJobKind, validateTrace } from './validate/index.js';

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
    const keys = deriveKeys(options.key ?? loadMasterKey(folder));
    const sealed = sealedText(keys.seal);
    const settings = openSettings(folder, options.overrides ?? {}, sealedCredentials(sealed));
    const token = loadToken(folder, options.token);
    const tokens = openTokens(folder.tokens, token);
    // A file that cannot be read is said now, not at the first request.
    tokens.list();
    const ca = await loadOrCreateCa(folder.root);
    const known = knownSecrets(process.env, token);
    const vault = openVault(folder.vault, keys.vault);
    const live = openLiveRedactor({ folder, vault, pseudonymKey: keys.pseudonym, known });
    undo.push(() => live.close());
    const { redactor } = live;

    const scan: Scan = (text) => redactor.spans(text).findings;
    const ticker = createTicker();
    undo.push(() => ticker.stop());
    const audit = openAudit(folder, keys.audit, ticker.tick);
    /** Exchanges that others sent, and the demo's: nobody connected an agent for them. */
    let injected = 0;
    // Events come while the threads are still being started.
    let seen = () => 0;
    const observed = createObserved({
      redactor,
      tick: ticker.tick,
      log,
      caPath: ca.certPath,
      hasTraffic: () => seen() > injected,
    });

    const threads = await startThreads({
      entries: options.threads,
      folder,
      keys,
      ca,
      settings: settings.current,
      rules: live.rules,
      known,
      log,
      onCaptureEvent: observed.onCapture,
      onPipelineEvent: observed.onPipeline,
      onCaptureRestart: observed.captureRestarted,
      onGiveUp(error) {
        log.fatal({ name: error.name }, 'thread_gave_up');
        options.onFatal?.(error);
      },
    });
    undo.push(() => {
      threads.expectEnd();
      return threads.terminate();
    });
    const { capture, pipeline, commands, captured, piped, pending, stored } = threads;
    seen = () => captured.get('seen');
    live.connect(threads.useRules);

    async function inject(exchanges: CapturedExchange[]): Promise<void> {
      // Counted first: the tick that they cause may be here before the answer.
      injected += exchanges.length;
      try {
        await capture.handle().request({ type: 'inject', exchanges });
      } catch (error) {
        injected -= exchanges.length;
        throw error;
      }
    }
    // ---- store and jobs ----
    const reader = openReader(folder.database, { sealKey: keys.seal });
    undo.push(() => reader.close());
    const changed = <T>(topics: Parameters<typeof ticker.tick>[0], result: T): T => {
      ticker.tick(topics);
      return result;
    };
    const writes: Writes = {
      setReview: async (traceId, patch) => changed(['reviews', 'traces'], await commands.setReview(traceId, patch)),
      deleteTrace: async (traceId) => changed(['traces', 'exchanges'], await commands.deleteTrace(traceId)),
      saveFilter: async (filter) => changed(['filters'], await commands.saveFilter(filter)),
      deleteFilter: async (filterId) => changed(['filters'], await commands.deleteFilter(filterId)),
    };
    const typed = typedText({
      redact: (text) => redactor.text(text),
      keep: commands.addTypedFindings,
    });
    // ---- services ----
    const proxyHost = (host: string) =>
      host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
    const proxyUrl = (port: number) => `http://${proxyHost(settings.current().host)}:${port}`;
    let apiUrl = '';

    const intake = createIntakeQueue({
      inject,
      stored,
      counters: () => ({
        pending: pending(),
        processed: piped.get('processed'),
        journal_bytes: captured.get('journal_bytes'),
      }),
    });
    const ofConsent = createConsent({
      reader,
      commands,
      redactor,
      pseudonymKey: keys.pseudonym,
      required: () => live.state().policy.consent.required,
      settings: settings.current,
      record: audit.record,
      startJob: (kind, title, params) => startJob(kind, title, params),
      tick: ticker.tick,
      onError: (error) => log.error({ name: (error as Error).name }, 'retention_failed'),
    });
    // A name that was written into the file by hand does not stay there.
    const { consent_default } = settings.file();
    const clean = ofConsent.cleanSettings({ consent_default });
    if (JSON.stringify(clean) !== JSON.stringify({ consent_default })) settings.set(clean);
    await ofConsent.applyDefault();
    const ofPrivacy = createPrivacy({
      folder,
      rewriter: threads.rewriter,
      reader,
      live,
      vault,
      source: () => source,
      pseudonymKey: keys.pseudonym,
      sealed,
      commands,
      stored,
      turnJournal: threads.turnJournal,
      pending,
      record: audit.record,
      startJob: (kind, title, params) => startJob(kind, title, params),
      tick: ticker.tick,
    });
    const { exports, source, imports, watches, jobs, startJob } = await openWork({
      folder,
      reader,
      intake,
      stored,
      commands,
      scan,
      typed,
      sealed,
      guard: exportGuard({
        known: () => [...known, ...vault.values().map(({ value }) => value)],
        policy: () => live.state().policy,
        pseudonymKey: keys.pseudonym,
        record: audit.record,
      }),
      rowRedactor: (wanted) => redactorForExport({ ...live.rules(), key: keys.pseudonym, known }, wanted),
      runners: { ...ofConsent.runners, ...ofPrivacy.runners },
      consentOf: ofConsent.imported,
      consentRequired: () => live.state().policy.consent.required,
      tick: ticker.tick,
      log,
    });
    const runs = createRuns({
      reader,
      scan,
      listen: threads.openRun,
      close: threads.closeRun,
      proxyUrl,
      stored,
      cleanName: (session) => typed.clean(session, 'name'),
      applyConsent: ofConsent.applyToRun,
      endRunning: commands.endRunning,
    });
    const reasons = () => healthReasons({ captured, piped, policyProblems: () => live.state().problems });
    const endHealth = watchReasons(reasons, () => ticker.tick(['health']));
    undo.push(endHealth);
    const health = (): Health => ({
      status: reasons().length === 0 ? 'healthy' : 'degraded',
      reasons: reasons(),
      version: options.version,
      uptime_s: Math.round((performance.now() - startedAt) / 1000),
      exchanges: {
        seen: captured.get('seen'),
        stored: piped.get('stored'),
        pending: pending(),
        undecoded: piped.get('undecoded'),
        failed: captured.get('failed'),
      },
      losses: {
        journal_errors: captured.get('journal_errors'),
        damaged: piped.get('damaged'),
        bodies_lost: piped.get('bodies_lost'),
        quarantined: piped.get('quarantined'),
        client_protocol_errors: captured.get('client_protocol_errors'),
      },
    });
    const status = (): Status => ({
      ...health(),
      pid: process.pid,
      data_dir: folder.root,
      proxy: proxyUrl(threads.proxyPort()),
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
      first_exchange_at: observed.firstExchange(),
      refusals: observed.refusals(),
      bypassed: runs.bypassed(),
      policy_problems: live.state().problems,
      restarts: { capture: capture.restarts(), pipeline: pipeline.restarts() },
    });

    async function setSettings(patch: Partial<Settings>) {
      typed.settings(patch);
      await capture.handle().request({ type: 'update', settings: settings.set(ofConsent.cleanSettings(patch)) });
      if (patch.consent_default !== undefined) await ofConsent.applyDefault();
      ticker.tick(['settings']);
      return settings.view();
    }

    const { begin: beginPolicy, ...rules } = createPolicyServices({
      live,
      vault,
      record: audit.record,
      startRescan: ofPrivacy.startRescan,
      changed: () => ticker.tick(['policy']),
      onError: (error) => log.error({ name: (error as Error).name }, 'policy_change_failed'),
    });
    const services: Services = {
      token,
      ...rules,
      audit,
      consent: ofConsent.consent,
      retention: ofConsent.retention,
      privacy: ofPrivacy.service,
      tokens: typed.tokens(tokens),
      intake: {
        ...intake,
        telemetryRecord,
        eventsRecord,
        finalizeRecord,
        ingestRecord: (sent, known, now) => ingestRecord(sent, known, readMessages, now),
        otlpRecords: createOtlpReader(readMessages),
      },
      startFinalize: (traceId) => startJob(finalizeJobKind, `Finalize ${traceId}`, { trace_id: traceId }),
      health,
      status,
      metrics: () => metricsText(status()),
      inFlight: observed.inFlight,
      onTick: ticker.listen,
      reads: reader,
      writes: typed.writes(writes),
      exports: { ...exports, start: typed.exports(exports.start) },
      leaks: leakReports(jobs),
      imports,
      watches,
      validation: {
        trace(traceId) {
          const trace = reader.trace(traceId);
          return trace && validateTrace(trace, scan);
        },
        start(query) {
          // A query that does not parse is told at once, not by the job.
          reader.traces({ query, limit: 1, cursor: null });
          return startJob(validateJobKind, query === '' ? 'Validate all traces' : `Validate ${query}`, { query });
        },
        schemas: listSchemas,
        schema: schemaOf,
      },
      jobs,
      settings: { get: settings.view, set: setSettings },
      snippets: () =>
        connectSnippets({
          proxy: proxyUrl(threads.proxyPort()),
          caPath: ca.certPath,
          upstreams: Object.keys(settings.current().upstreams),
          command: options.command,
        }),
      async tunnelHost(host) {
        const { tunnel } = settings.file();
        if (!tunnel.includes(host)) await setSettings({ tunnel: [...tunnel, host] });
        observed.tunnelled(host);
      },
      startRun: runs.start,
      endRun: runs.end,
    };

    const api = await startApi({
      services,
      host: settings.current().host,
      port: settings.current().api_port,
      uiDir: options.uiDir,
      logger: log,
    });
    apiUrl = api.url;
    undo.push(() => api.close(0));
    await beginPolicy();
    lock.announce({ proxy: proxyUrl(threads.proxyPort()), api: api.url });
    if (options.demo && reader.exchanges({ query: '', limit: 1, cursor: null }).items.length === 0) {
      await inject(options.demo());
      await stored();
    }

    ofConsent.begin();
    await ofPrivacy.begin((kind) =>
      jobs
        .list(null, 200)
        .items.some((job) => job.kind === kind && (job.state === 'queued' || job.state === 'running')),
    );
    let stopping: Promise<void> | undefined;
    async function stop(): Promise<void> {
      capture.expectEnd();
      ofConsent.end();
      endHealth();
      let position: Position | null = null;
      const grace = settings.current().drain_grace_ms;
      // Each step in its turn and for its time at most: whatever hangs or fails, the rest is given back all the same.
      await inOrder(
        [
          // Traffic first: what is still open may finish, and what finished must be stored. A thread that is down just now
          // cannot answer; what the journal holds is stored at the next start.
          [
            'capture',
            grace + 5000,
            async () => {
              position = (await capture.handle().request({ type: 'stop', graceMs: grace })) as Position;
            },
          ],
          ['watches', drainMs, () => watches.close()],
          ['jobs', drainMs, () => jobs.close()],
          [
            'drain',
            drainMs,
            async () => {
              if (position) await pipeline.handle().request({ type: 'drain', position });
            },
          ],
          ['api', 5000, () => api.close(1000)],
          // The writer's connection goes last: it is the one that may fold the write-ahead log back into the database.
          ['reader', 1000, () => reader.close()],
          [
            'pipeline',
            1000,
            async () => {
              pipeline.expectEnd();
              await pipeline.handle().request({ type: 'stop' });
            },
          ],
          // Both have closed their files; a connection that is still being opened must not hold up the end.
          ['threads', 5000, () => threads.terminate()],
          ['audit', 5000, () => audit.settled()],
          ['ticker', 1000, () => ticker.stop()],
          ['policy', 1000, () => live.close()],
          ['lock', 1000, () => lock.release()],
        ],
        (step, reason) => log.warn({ step, reason }, 'stop_step'),
      );
    }
    return {
      ready: {
        ready: true,
        proxy: proxyUrl(threads.proxyPort()),
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

/** Default entries for code that was built into one folder. */
export function builtThreads(folder: string): EngineOptions['threads'] {
  return {
    capture: new URL(`file://${join(folder, 'capture-thread.js')}`),
    pipeline: new URL(`file://${join(folder, 'pipeline-thread.js')}`),
  };
}
