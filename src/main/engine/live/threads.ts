import { MessageChannel } from 'node:worker_threads';
import { SluiceError } from '../../../shared/errors.js';
import type { CapturedExchange } from '../../../shared/model/index.js';
import type { KnownValue, RedactionPolicy } from '../../../shared/policy-file.js';
import type { Settings } from '../../../shared/settings.js';
import { captureCounters, captureCountersBytes } from '../../capture/counters.js';
import type { DataFolder } from '../../home/folder.js';
import type { Keys } from '../../home/keys.js';
import type { createLogger } from '../../home/log.js';
import { pipelineCounters, pipelineCountersBytes } from '../../pipeline/counters.js';
import { type StoreCommands, storeCommandNames } from '../../store/index.js';
import type {
  CaptureEvent,
  CaptureThreadData,
  PipelineEvent,
  PipelineThreadData,
  Position,
  RecordPlace,
  RunListener,
} from '../../threads/protocol.js';
import { remote } from '../../threads/remote.js';
import { type Supervisor, supervise } from '../../threads/supervisor.js';
import { startWorker, type WorkerHandle } from '../../threads/worker-handle.js';
import {
  type CaptureCommands,
  type CaptureRequest,
  captureCommandNames,
  type PipelineCommands,
  type PipelineRequest,
  pipelineCommandNames,
} from './thread-commands.js';

interface ThreadDependencies {
  entries: { capture: URL; pipeline: URL; gate: URL };
  /** What the engine's own calls of models are marked with. */
  ownMark: string;
  folder: DataFolder;
  keys: Keys;
  ca: { certPem: string; keyPem: string };
  /** As they stand when a thread is started again. */
  settings(): Settings;
  /** Policy and known values as they stand when a thread is started again. */
  rules(): { policy: RedactionPolicy; values: KnownValue[] };
  secrets: readonly string[];
  /** Texts in which the gate found nothing: all threads know them. */
  clean: SharedArrayBuffer;
  log: ReturnType<typeof createLogger>;
  onCaptureEvent(event: CaptureEvent): void;
  onPipelineEvent(event: PipelineEvent): void;
  /** The capture thread crashed: what was under way is gone. */
  onCaptureRestart(): void;
  /** Asks for the end: a thread that is still being started is not waited for. */
  signal: AbortSignal | undefined;
  /** A thread crashed again and again. */
  onGiveUp(error: Error): void;
}

/** The capture and the pipeline thread, each started again when it crashes, and the counters they share with us. */
export async function startThreads(parts: ThreadDependencies) {
  const { folder, keys, log } = parts;
  const captureMemory = new SharedArrayBuffer(captureCountersBytes);
  const captured = captureCounters(captureMemory);
  const pipelineMemory = new SharedArrayBuffer(pipelineCountersBytes);
  const piped = pipelineCounters(pipelineMemory);
  let proxyPort = parts.settings().proxy_port;
  /** Where this run's journal begins, told by the capture thread as soon as it has opened it. */
  const journalStart = Promise.withResolvers<Position>();
  journalStart.promise.catch(() => undefined);
  let stoppedAt: Position | null = null;
  let capture: Supervisor<CaptureRequest> | undefined;
  let pipeline: Supervisor<PipelineRequest> | undefined;
  /** Listeners of `sluice run`, as they are opened again. */
  const runs = new Map<string, RunListener>();
  // A thread that crashes later is started again, also while the engine ends: it stores what there is.
  let { signal } = parts;
  const unlessAsked = <T>(answer: Promise<T>): Promise<T> => orAborted(answer, signal);
  const running: Pick<Supervisor<unknown>, 'expectEnd'>[] = [];
  const giveUp = (error: Error) => {
    for (const thread of running) thread.expectEnd();
    parts.onGiveUp(error);
  };

  const captureStarting = supervise<CaptureRequest>({
    start: () =>
      startWorker<CaptureRequest, CaptureEvent>(
        parts.entries.capture,
        {
          host: parts.settings().host,
          port: proxyPort,
          tokens: folder.tokens,
          settings: parts.settings(),
          ca: { certPem: parts.ca.certPem, keyPem: parts.ca.keyPem },
          journalDir: folder.journal,
          journalKey: keys.journal,
          counters: captureMemory,
          ownMark: parts.ownMark,
        } satisfies CaptureThreadData,
        parts.onCaptureEvent,
      ),
    async ready(handle) {
      const answer = await unlessAsked(captureBy(() => handle).ready());
      proxyPort = answer.port;
      journalStart.resolve(answer.journalStart);
    },
    restarted: (handle) => {
      captured.set('in_flight', 0);
      captured.set('tunnels_open', 0);
      parts.onCaptureRestart();
      if (pipeline) join(handle, pipeline.handle());
      // A run that goes on finds its port again.
      for (const [runId, run] of runs)
        captureBy(() => handle)
          .openRun({ runId, ...run })
          .catch((error: Error) => log.error({ name: error.name }, 'run_listener_lost'));
    },
    onCrash: (error) => log.error({ thread: 'capture', name: error.name }, 'thread_crashed'),
    onGiveUp: giveUp,
  });

  function startPipeline() {
    const crashedAt = new Map<string, number>();
    let skip: RecordPlace | null = null;
    let counted = false;
    return supervise<PipelineRequest>({
      start: () =>
        startWorker<PipelineRequest, PipelineEvent>(
          parts.entries.pipeline,
          {
            database: folder.database,
            journalDir: folder.journal,
            journalKey: keys.journal,
            sealKey: keys.seal,
            pseudonymKey: keys.pseudonym,
            ...parts.rules(),
            secrets: parts.secrets,
            counters: pipelineMemory,
            clean: parts.clean,
            skip,
            gate: parts.entries.gate.href,
          } satisfies PipelineThreadData,
          parts.onPipelineEvent,
        ),
      async ready(handle) {
        const started = pipelineBy(() => handle);
        await unlessAsked(started.ready());
        const until = await journalStart.promise;
        if (!counted) await unlessAsked(started.countBacklog(until));
        counted = true;
      },
      restarted: (handle) => {
        if (capture) join(capture.handle(), handle);
      },
      onCrash(error) {
        log.error({ thread: 'pipeline', name: error.name }, 'thread_crashed');
        const at = { segment: piped.get('at_segment'), offset: piped.get('at_offset') };
        if (at.segment === 0) return;
        const place = `${at.segment}:${at.offset}`;
        crashedAt.set(place, (crashedAt.get(place) ?? 0) + 1);
        // The same record twice: the third time it is kept sealed instead of being read.
        if ((crashedAt.get(place) as number) >= 2) skip = at;
      },
      onGiveUp: giveUp,
    });
  }

  // Both at once: each takes some hundred milliseconds to load.
  const pipelineStarting = startPipeline();
  pipelineStarting.catch(() => undefined);
  try {
    capture = await captureStarting;
  } catch (error) {
    journalStart.reject(error);
    await pipelineStarting.catch(() => undefined);
    throw error;
  }
  const proxy = capture;
  running.push(proxy);
  try {
    pipeline = await pipelineStarting;
  } catch (error) {
    proxy.expectEnd();
    await proxy.handle().terminate();
    throw error;
  }
  signal = undefined;
  running.push(pipeline);
  join(proxy.handle(), pipeline.handle());
  const writer = pipeline;
  const capturing = captureBy(proxy.handle);
  const storing = pipelineBy(writer.handle);

  return {
    capture: proxy,
    pipeline: writer,
    captured,
    piped,
    proxyPort: () => proxyPort,
    /** In the journal and not yet in the store. */
    pending: () => Math.max(0, piped.get('backlog') + captured.get('journaled') - piped.get('processed')),
    /** Resolves when everything that is in the journal by now is stored. */
    async stored(): Promise<void> {
      await storing.drain(await capturing.position(), false);
    },
    /** A command to the only writer of the store. */
    commands: remote<StoreCommands>(storeCommandNames, (command) => writer.handle().request({ to: 'store', command })),
    updateCapture: capturing.update,
    /** `bodies`: memory in them that is handed over, not copied. */
    inject: (exchanges: CapturedExchange[], bodies: readonly ArrayBuffer[]) =>
      captureBy(proxy.handle, bodies).inject(exchanges),
    /** Another listener for a run; its port. */
    async openRun(runId: string, listener: RunListener): Promise<number> {
      const port = await capturing.openRun({ runId, ...listener });
      runs.set(runId, { ...listener, port });
      return port;
    },
    async closeRun(runId: string): Promise<void> {
      runs.delete(runId);
      try {
        await capturing.closeRun(runId);
      } catch (error) {
        // A thread that is being started again has lost the listener, and is not told of it any more.
        if (!(error instanceof SluiceError) || error.code !== 'engine_busy') throw error;
      }
    },
    turnJournal: capturing.turnJournal,
    rewriter: {
      step: storing.rewrite,
      look: storing.look,
      state: storing.rewriteState,
      forget: storing.rewriteForget,
      vacuum: storing.vacuum,
    },
    /** From its next exchange on the pipeline goes by this policy and these values. */
    useRules: storing.useRules,
    /** Finishes what is open, for so long at most. A thread that is down just now cannot answer: the journal keeps what it holds. */
    async stopCapture(graceMs: number): Promise<void> {
      proxy.expectEnd();
      stoppedAt = await capturing.stop(graceMs);
    },
    /** Resolves when everything that capture left in the journal is stored; rejects where the store cannot be written. */
    async drain(): Promise<void> {
      if (stoppedAt) await storing.drain(stoppedAt, true);
    },
    async stopPipeline(): Promise<void> {
      writer.expectEnd();
      await storing.stop();
    },
    /** Both at once. */
    terminate(): Promise<unknown> {
      proxy.expectEnd();
      writer.expectEnd();
      return Promise.all([proxy.handle().terminate(), writer.handle().terminate()]);
    },
  };
}

/** The capture thread's commands, to the thread that runs by then. `transfer`: memory in the arguments that is handed over. */
function captureBy(handle: () => WorkerHandle<CaptureRequest>, transfer: readonly ArrayBuffer[] = []): CaptureCommands {
  return remote(captureCommandNames, (command) => handle().request(command, transfer));
}

function pipelineBy(handle: () => WorkerHandle<PipelineRequest>): PipelineCommands {
  return remote(pipelineCommandNames, (command) => handle().request({ to: 'thread', command }));
}

/** What a promise gives, or shutting_down as soon as the end is asked for. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const end = () => reject(new SluiceError('shutting_down', 'The engine was ended while it was being started.'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** Gives both threads an end of a channel of their own. */
function join(
  capture: { connect(port: MessageChannel['port1']): void },
  pipeline: { connect(port: MessageChannel['port1']): void },
): void {
  const channel = new MessageChannel();
  pipeline.connect(channel.port2);
  capture.connect(channel.port1);
}
