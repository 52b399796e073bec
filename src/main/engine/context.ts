import { randomBytes } from 'node:crypto';
import type { CommandLine } from '../../shared/command-line.js';
import { SluiceError } from '../../shared/errors.js';
import type { AuditActor, CapturedExchange, Job, Json } from '../../shared/model/index.js';
import type { Settings } from '../../shared/settings.js';
import { loadOrCreateCa } from '../capture/ca.js';
import type { Keychain } from '../ground/keychain.js';
import { type DataFolder, dataFolder, isDefaultFolder, makeDataFolder } from '../home/folder.js';
import { deriveKeys, loadMasterKey, loadToken } from '../home/keys.js';
import { knownSecrets } from '../home/known-values.js';
import { lockFolder } from '../home/lock.js';
import type { Logger, LogSink } from '../home/log.js';
import { openVault } from '../home/vault.js';
import type { createJobs } from '../jobs/index.js';
import { domainsFolder } from '../oracle/index.js';
import { knownCleanBytes } from '../redact/index.js';
import { openReader } from '../store/index.js';
import { carryOut } from '../threads/remote.js';
import { createTicker } from '../threads/ticker.js';
import { bodiesOf, handedOver } from '../threads/transfer.js';
import type { Scan } from '../validate/index.js';
import { createHolds } from './erasure/holds.js';
import { redactTexts } from './erasure/steps.js';
import type { Lifecycle } from './lifecycle.js';
import { openAudit } from './live/audit.js';
import { keepLosses } from './live/losses.js';
import { createObserved } from './live/observed.js';
import { openLiveRedactor } from './live/redactor.js';
import { sealedCredentials } from './live/sealed-credentials.js';
import { openSettings } from './live/settings.js';
import { startThreads } from './live/threads.js';
import { sealedText, typedText } from './live/typed-text.js';
import { startReading } from './reading/index.js';
import type { StoreChanges } from './work/engine-calls.js';
import { createWorkThread } from './work/work-thread.js';

export interface EngineOptions {
  dataDir: string;
  /** Flags and variables over the settings file, for this run only. */
  overrides?: Partial<Settings>;
  token?: string;
  /** Master key where the host keeps it itself (safeStorage); 32 bytes. */
  key?: Uint8Array;
  /** The desktop's keychain, where it really encrypts. */
  keychain?: Keychain;
  /** Built entries of the threads and the built studio. */
  threads: { capture: URL; pipeline: URL; gate: URL; reading: URL; work: URL; intake: URL; oracle: URL };
  uiDir: string;
  /** Folder of the data files that come along. */
  resources: string;
  version: string;
  /** How the command line is called here, for the lines that users copy. */
  command: string;
  /** Exchanges to put in when the store is empty. */
  demo?: () => CapturedExchange[];
  /** File that each finished tool call is appended to; absolute. */
  traceOutput?: string;
  /** Gets the log's lines too, besides stderr. */
  log?: LogSink;
  /** Asks for the end while it is still being started: what is open by then is given back. */
  signal?: AbortSignal;
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

/** What no user asked for. */
export const engineActor: AuditActor = { kind: 'engine', token_id: null };

type Jobs = ReturnType<typeof createJobs>;
export type EngineContext = Awaited<ReturnType<typeof openContext>>;

/** @throws SluiceError shutting_down where the end was asked for while the engine was being started. */
export function refuseWhenAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SluiceError('shutting_down', 'The engine was ended while it was being started.');
}

/** What every part stands on: the locked folder with its keys and rules, the threads, the store. */
export async function openContext(options: EngineOptions, log: Logger, { opened }: Lifecycle) {
  const startedAt = performance.now();
  const folder: DataFolder = dataFolder(options.dataDir);
  // Whatever this process creates is the user's alone, SQLite's files too.
  process.umask(0o077);
  makeDataFolder(folder);
  const lock = lockFolder(folder);
  opened('lock', () => lock.release(), 1000);

  const keys = deriveKeys(options.key ?? loadMasterKey(folder));
  const sealed = sealedText(keys.seal);
  const settings = openSettings(folder, options.overrides ?? {}, sealedCredentials(sealed));
  const token = loadToken(folder, options.token);
  // The folder's own token is read from it by commands; one that was given is known to whoever gave it alone.
  const commandToken = options.token === undefined ? null : randomBytes(32).toString('base64url');
  const ownTokens = commandToken === null ? [token] : [token, commandToken];
  const ca = await loadOrCreateCa(folder.root);
  refuseWhenAsked(options.signal);
  const secrets = knownSecrets(process.env, ownTokens);
  const vault = openVault(folder.vault, keys.vault);
  const live = openLiveRedactor({ folder, vault, pseudonymKey: keys.pseudonym, secrets });
  opened('policy', () => live.close(), 1000);
  const { redactor } = live;
  const scan: Scan = (text) => redactor.spans(text).findings;
  const ticker = createTicker();
  opened('ticker', () => ticker.stop(), 1000);
  const audit = openAudit(folder, keys.audit, ticker.tick);
  opened('audit', () => audit.end());

  const commandLine: CommandLine = { call: options.command, data_dir: isDefaultFolder(folder) ? null : folder.root };
  const losses = keepLosses(folder, log);
  // Behind the threads, which may count until they end.
  opened('losses', () => losses.close(), 1000);

  /** Exchanges that others sent, and the demo's: nobody connected an agent for them. */
  let injected = 0;
  // Events come while the threads are still being started.
  let seen = () => 0;
  const observed = createObserved({
    redactor,
    tick: ticker.tick,
    log,
    caPath: ca.certPath,
    commandLine,
    credentialsRefused: (times) =>
      void audit
        .count({ action: 'credentials_refused', actor: engineActor, details: { door: 'proxy' } }, times)
        .catch((error) => log.error({ name: (error as Error).name }, 'audit_failed')),
    hasTraffic: () => seen() > injected,
  });
  const clean = new SharedArrayBuffer(knownCleanBytes);
  const ownMark = randomBytes(16).toString('hex');
  const threads = await startThreads({
    ownMark,
    entries: options.threads,
    folder,
    keys,
    ca,
    settings: settings.current,
    rules: live.rules,
    secrets,
    clean,
    log,
    onCaptureEvent(event) {
      losses.note();
      observed.onCapture(event);
    },
    onPipelineEvent(event) {
      losses.note();
      observed.onPipeline(event);
    },
    onCaptureRestart: observed.captureRestarted,
    signal: options.signal,
    onGiveUp(error) {
      log.fatal({ name: error.name }, 'thread_gave_up');
      options.onFatal?.(error);
    },
  });
  // A connection that is still being opened must not hold up the end.
  opened('threads', () => threads.terminate());
  opened('pipeline', () => threads.stopPipeline(), 1000);
  seen = () => threads.captured.get('seen');
  losses.follow(() => ({
    journal_errors: threads.captured.get('journal_errors'),
    damaged: threads.piped.get('damaged'),
    bodies_lost: threads.piped.get('bodies_lost'),
    quarantined: threads.piped.get('quarantined'),
  }));
  let queue: Jobs | undefined;
  let afterDeleting = async (): Promise<void> => undefined;
  const jobs = (): Jobs => {
    if (queue === undefined) throw new TypeError('The job queue is not made yet.');
    return queue;
  };
  const work = createWorkThread({
    entry: options.threads.work,
    data: () => ({
      database: folder.database,
      sealKey: keys.seal,
      pseudonymKey: keys.pseudonym,
      secrets,
      clean,
      leakChecks: folder.leakChecks,
      oracleDomains: domainsFolder(options.resources),
      ...live.rules(),
    }),
    calls: {
      record: audit.record,
      stored: threads.stored,
      async rewriteStep(runId, plan, budgetMs) {
        // What stands in for a bad policy file must not change what is stored: that cannot be taken back.
        if (live.standsIn()) throw new SluiceError('policy_invalid', live.state().problems.join(' '));
        return threads.rewriter.step(runId, plan, budgetMs);
      },
      rewriteState: threads.rewriter.state,
      change: (command) => carryOut<StoreChanges>(threads.commands, command),
      settings: async () => settings.current(),
      sweepJobLogs: () => jobs().sweepLogs(),
      redactJobs: () => jobs().rewriteTexts((texts) => work.step(redactTexts, { texts }, {})),
      tracesDeleted: () => afterDeleting(),
      changed: async (topics) => ticker.tick(topics),
    },
    onCrash: (error) => log.error({ thread: 'work', name: error.name }, 'thread_crashed'),
  });
  opened('work', () => work.end());
  live.connect((rules) => Promise.all([threads.useRules(rules), work.useRules(rules)]));
  // The writer's connection goes after it: it is the one that may fold the write-ahead log back into the database.
  const reader = openReader(folder.database, { sealKey: keys.seal });
  opened('reader', () => reader.close(), 1000);
  const reading = startReading({
    entry: options.threads.reading,
    data: { database: folder.database, sealKey: keys.seal, pseudonymKey: keys.pseudonym },
    rules: () => ({ ...live.rules(), secrets }),
  });
  opened('reading', () => reading.close());

  const typed = typedText({ redact: (text) => redactor.text(text), keep: threads.commands.addTypedFindings });
  /** The proxy's address at a port of this machine, as clients are told it. */
  const proxyUrl = (port: number, listening: string | null = null): string => {
    const host = listening ?? settings.current().host;
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
    return `http://${name}:${port}`;
  };
  const addresses = { proxy: () => proxyUrl(threads.proxyPort()), api: '' };
  return {
    options,
    startedAt,
    log,
    folder,
    lock,
    keys,
    sealed,
    settings,
    token,
    ownTokens,
    commandToken,
    /** For lines that users copy. */
    commandLine,
    ca,
    secrets,
    vault,
    live,
    redactor,
    scan,
    tick: ticker.tick,
    onTick: ticker.listen,
    audit,
    observed,
    losses,
    threads,
    /** Marks the engine's own calls of models for the proxy, which keeps nothing of them. */
    ownMark,
    work,
    commands: threads.commands,
    stored: threads.stored,
    reader,
    /** What may take long, and whatever the API reads: never on this thread. */
    reading,
    typed,
    proxyUrl,
    /** Where proxy and API answer; the API's is known once it does. */
    addresses,
    /** Puts exchanges that did not pass the proxy into the journal. `ownsBodies`: nobody else has their bodies, which are handed over. */
    async inject(exchanges: CapturedExchange[], ownsBodies = false): Promise<void> {
      // Counted first: the tick that they cause may be here before the answer.
      injected += exchanges.length;
      try {
        const bodies = ownsBodies ? handedOver(bodiesOf(exchanges)) : [];
        await threads.inject(exchanges, bodies);
      } catch (error) {
        const { written = 0 } = ((error as SluiceError).details ?? {}) as { written?: number };
        injected -= exchanges.length - written;
        throw error;
      }
    },
    /** Who holds what erasures wait for. */
    holds: createHolds(),
    /** Resolves once nothing that hangs on deleted traces is left beside the store. */
    tracesDeleted: (): Promise<void> => afterDeleting(),
    /** Who clears that away. */
    whenDeleted(clear: () => Promise<void>): void {
      afterDeleting = clear;
    },
    /** The queue, which is made after the parts whose kinds it runs. */
    jobs,
    setJobs(made: Jobs): void {
      queue = made;
    },
    /** Title and parameters may quote what somebody typed. */
    startJob: (kind: string, title: string, params: Json): Promise<Job> =>
      jobs().start(kind, typed.jobs.title(title), typed.jobs.params(params)),
    ready: (): ReadyInfo => ({
      ready: true,
      proxy: addresses.proxy(),
      api: addresses.api,
      ui: `${addresses.api}/#token=${encodeURIComponent(token)}`,
      token,
      ca: ca.certPath,
      data_dir: folder.root,
      pid: process.pid,
    }),
  };
}
