import { SluiceError } from '../../shared/errors.js';
import type { CapturedExchange, HeaderList, InFlight } from '../../shared/model/index.js';
import { builtinUpstreams, type Settings } from '../../shared/settings.js';
import { firstAndCount } from '../ground/floods.js';
import type { JournalCursor } from '../journal/cursor.js';
import { type JournalWriter, openJournalWriter } from '../journal/writer.js';
import { createLeafIssuer } from './ca.js';
import { connectHandler } from './connect.js';
import type { CaptureCounters } from './counters.js';
import type { SessionName, Upstreams } from './forward.js';
import { type InterceptPolicy, interceptPolicy } from './intercept-policy.js';
import { isLoopback, type Listener, openListener } from './listener.js';
import { inFlightSnapshot, type LiveNaming } from './live.js';
import { unrecorded } from './own-calls.js';
import type { ExchangeRecorder, RecorderContext } from './recorder.js';
import type { RefusalEvent, RefusedRequest } from './refusals.js';
import { isOwnAddress, type UpstreamOptions } from './upstream/connect.js';
import { http1Upstreams } from './upstream/http1.js';
import { http2Upstreams } from './upstream/http2.js';

/** The settings that capture follows while it runs. */
export type CaptureSettings = Pick<
  Settings,
  | 'intercept'
  | 'tunnel'
  | 'allowed_origins'
  | 'upstreams'
  | 'upstream_proxy'
  | 'no_proxy'
  | 'insecure_upstream'
  | 'body_limit_bytes'
>;

export interface CaptureOptions {
  host: string;
  port: number;
  /** SHA-256 in hex of the tokens that open the port off loopback, as they are now. */
  proxyHashes(): string[];
  settings: CaptureSettings;
  ca: { certPem: string; keyPem: string };
  journalDir: string;
  /** 32 bytes */
  journalKey: Uint8Array;
  counters: CaptureCounters;
  /** What the engine's own calls of models are marked with; nothing of them is kept. */
  ownMark: string;
  naming: LiveNaming;
  /** The journal has grown to this position. Called once per turn of the event loop at most. */
  onJournal(position: JournalCursor): void;
  onRefusal(event: RefusalEvent): void;
  /** Requests that became no exchange: the first of a kind at once, those behind it counted. */
  onRefused(reason: RefusedRequest, count: number): void;
  onJournalError(error: Error): void;
  /** An error that nobody expected; it was answered with 500. */
  onException(error: Error): void;
}

export interface Capture {
  port: number;
  /** Where the journal stood when this run began: before it lies what an earlier run left. */
  journalStart: JournalCursor;
  journalPosition(): JournalCursor;
  update(settings: CaptureSettings): void;
  /** Begins a new segment: what is written by now is deleted as soon as it is stored. */
  turnJournal(): void;
  acknowledge(position: JournalCursor): void;
  /**
   * Puts exchanges that did not pass the proxy into the journal, as if they had. They are written when it returns; throws
   * engine_busy with `written` in its details: so many of them, from the first on, are written all the same.
   */
  inject(exchanges: CapturedExchange[]): void;
  inFlight(): InFlight[];
  /**
   * Another proxy port whose exchanges carry this session name, and `noted` among their headers. `credential`: SHA-256 in hex of what opens it off loopback;
   * `host`: null for the proxy's own; `port`: 0 for a free one; `upstreams`: of its gateway alone. Rejects with port_in_use.
   */
  openRun(
    runId: string,
    listener: {
      session: string;
      noted?: HeaderList;
      upstreams?: { [name: string]: string };
      credential: string;
      host?: string | null;
      port?: number;
    },
  ): Promise<number>;
  closeRun(runId: string): Promise<void>;
  /** Lets open exchanges finish for `graceMs`, cuts the rest (kept as aborted), closes the journal. */
  stop(graceMs: number): Promise<void>;
}

/** Starts the data plane: proxy port, journal, certificates. Rejects with port_in_use. */
export async function startCapture(options: CaptureOptions): Promise<Capture> {
  const { counters } = options;
  let settings = options.settings;
  let policy: InterceptPolicy;
  let gateway: Record<string, string>;
  function apply(next: CaptureSettings): void {
    settings = next;
    gateway = { ...builtinUpstreams, ...next.upstreams };
    const gatewayHosts = Object.values(next.upstreams).map((url) => new URL(url).host.toLowerCase());
    policy = interceptPolicy({ added: next.intercept, tunnel: next.tunnel, gatewayHosts });
  }
  apply(settings);

  const journal = openJournal(options);
  const journalStart = journal.position();
  const open = new Map<string, ExchangeRecorder>();
  let announced = false;
  const recorder: RecorderContext = {
    journal,
    counters,
    bodyLimit: () => settings.body_limit_bytes,
    onJournaled() {
      if (announced) return;
      announced = true;
      setImmediate(() => {
        announced = false;
        counters.set('journal_bytes', journal.bytes());
        options.onJournal(journal.position());
      });
    },
    onJournalError: options.onJournalError,
    open,
  };
  const runs = new Map<string, Listener>();
  let main: Listener | undefined;
  const isListenerPort = (port: number) => [main, ...runs.values()].some((listener) => listener?.port === port);
  const upstreamOptions = (): UpstreamOptions => ({
    upstreamProxy: settings.upstream_proxy,
    noProxy: settings.no_proxy,
    insecure: settings.insecure_upstream,
    isOwn: (port, address) => isOwnAddress(address) && isListenerPort(port),
  });
  const upstreams: Upstreams = { http1: http1Upstreams(upstreamOptions), http2: http2Upstreams(upstreamOptions) };
  let draining = false;
  const onConnect = connectHandler({
    policy: () => policy,
    leaf: await createLeafIssuer(options.ca),
    upstreamOptions,
    recorder,
    clientName: options.naming.clientName,
    onRefusal: options.onRefusal,
  });
  const refused = firstAndCount<RefusedRequest>((reason) => reason, options.onRefused);
  const listenerContext = {
    recorder,
    unrecorded: unrecorded(recorder),
    ownMark: options.ownMark,
    upstreams,
    upstreamOptions,
    gatewayUpstreams: () => gateway,
    isListener: (host: string, port: number) =>
      isListenerPort(port) && (isLoopback(host) || (host === options.host && !['0.0.0.0', '::'].includes(host))),
    allowedOrigins: () => settings.allowed_origins,
    onRefused: refused.note,
    onException: options.onException,
    onConnect,
    draining: () => draining,
  };
  const models = new WeakMap<ExchangeRecorder, string | null>();
  main = await openListener(
    options.host,
    options.port,
    {},
    {
      ...listenerContext,
      proxyHashes: options.proxyHashes,
    },
  );
  const { port } = main;
  const mainListener = main;

  return {
    port,
    journalStart,
    journalPosition: () => journal.position(),
    turnJournal() {
      journal.turn();
      recorder.onJournaled();
    },
    update(next) {
      const way = (from: CaptureSettings) =>
        JSON.stringify([from.upstream_proxy, from.no_proxy, from.insecure_upstream]);
      const changed = way(settings) !== way(next);
      apply(next);
      if (!changed) return;
      upstreams.http1.refresh();
      upstreams.http2.refresh();
    },
    acknowledge(position) {
      journal.acknowledge(position);
      counters.set('journal_bytes', journal.bytes());
    },
    inject(exchanges) {
      for (const [written, exchange] of exchanges.entries()) {
        try {
          journal.append(
            exchange,
            { parts: [], tail: [exchange.request.body] },
            { parts: [], tail: exchange.response ? [exchange.response.body] : [] },
          );
        } catch (error) {
          counters.add('journal_errors');
          counters.set('journal_failing', 1);
          options.onJournalError(error as Error);
          throw new SluiceError('engine_busy', 'The journal could not be written.', { written }, { cause: error });
        }
        // Not before it is written: what was refused is sent again, and would then count twice.
        counters.add('seen');
        counters.add('journaled');
        counters.set('journal_failing', 0);
        recorder.onJournaled();
      }
    },
    inFlight: () => inFlightSnapshot(open, options.naming, models),
    async openRun(runId, { session, noted = [], upstreams: own = {}, credential, host, port = 0 }) {
      const run: SessionName = { session, source: 'run', noted, upstreams: own };
      const listener = await openListener(host ?? options.host, port, run, {
        ...listenerContext,
        proxyHashes: () => [credential],
      });
      runs.set(runId, listener);
      return listener.port;
    },
    async closeRun(runId) {
      await runs.get(runId)?.close();
      runs.delete(runId);
    },
    async stop(graceMs) {
      draining = true;
      const listeners = [mainListener, ...runs.values()];
      for (const listener of listeners) listener.idle();
      const until = performance.now() + graceMs;
      while (open.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      // Closing the sockets finishes what is still open as aborted; that happens before the journal is closed.
      await Promise.all(listeners.map((listener) => listener.close()));
      refused.close();
      upstreams.http1.close();
      upstreams.http2.close();
      for (let turn = 0; turn < 50 && open.size > 0; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
      for (const left of open.values())
        left.finish('aborted', {
          code: 'shutting_down',
          message: 'The studio was stopped before the response was complete.',
        });
      options.onJournal(journal.position());
      journal.close();
    },
  };
}

/** @throws SluiceError data_dir_unwritable where nothing that is captured could be kept */
function openJournal({ journalDir, journalKey, onJournalError }: CaptureOptions): JournalWriter {
  try {
    return openJournalWriter(journalDir, journalKey, onJournalError);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new SluiceError(
      'data_dir_unwritable',
      `The journal in ${journalDir} cannot be written (${code}).`,
      undefined,
      {
        cause: error,
      },
    );
  }
}
