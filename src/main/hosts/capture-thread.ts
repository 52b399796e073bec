import { type MessagePort, workerData } from 'node:worker_threads';
import { captureCounters } from '../capture/counters.js';
import { type Capture, startCapture } from '../capture/index.js';
import { clientName, peekModel } from '../decode/index.js';
import type { CaptureCommands, CaptureRequest } from '../engine/live/thread-commands.js';
import { placeOf } from '../ground/place-of.js';
import { openTokens } from '../home/tokens.js';
import type { CaptureEvent, CaptureThreadData, ToCapture, ToPipeline } from '../threads/protocol.js';
import { carryOut } from '../threads/remote.js';
import { serveThread } from '../threads/worker-side.js';

/** The capture thread: the proxy's data plane and nothing else. */

const liveEveryMs = 150;
const data = workerData as CaptureThreadData;
let pipeline: MessagePort | undefined;
let stopped = false;

const commands: CaptureCommands = {
  async ready() {
    const { port, journalStart } = await capturing;
    return { port, journalStart };
  },
  update: async (settings) => (await capturing).update(settings),
  openRun: async ({ runId, ...listener }) => (await capturing).openRun(runId, listener),
  closeRun: async (runId) => (await capturing).closeRun(runId),
  inject: async (exchanges) => (await capturing).inject(exchanges),
  position: async () => (await capturing).journalPosition(),
  turnJournal: async () => (await capturing).turnJournal(),
  async stop(graceMs) {
    const capture = await capturing;
    stopped = true;
    clearInterval(live);
    await capture.stop(graceMs);
    const position = capture.journalPosition();
    setImmediate(() => {
      pipeline?.close();
      thread.end();
    });
    return position;
  },
};

const thread = serveThread<CaptureRequest, CaptureEvent>({
  // What is still open may take its time to end.
  lane: ({ name }) => (name === 'stop' ? 'waiting' : 'control'),
  request: (command) => carryOut(commands, command),
  connect(port) {
    pipeline = port;
    port.on('message', (message: ToCapture) => {
      if (!stopped) void capturing.then((capture) => capture.acknowledge(message.acknowledged));
    });
    void capturing.then((capture) => port.postMessage({ position: capture.journalPosition() } satisfies ToPipeline));
  },
});

const capturing: Promise<Capture> = startCapture({
  host: data.host,
  port: data.port,
  proxyHashes: openTokens(data.tokens, []).proxyHashes,
  settings: data.settings,
  ca: data.ca,
  journalDir: data.journalDir,
  journalKey: data.journalKey,
  counters: captureCounters(data.counters),
  ownMark: data.ownMark,
  naming: { clientName, peekModel },
  onJournal: (position) => pipeline?.postMessage({ position } satisfies ToPipeline),
  onRefusal: (refusal) => thread.emit({ type: 'refusal', ...refusal }),
  onRefused: (reason, count) => thread.emit({ type: 'refused', reason, count }),
  onJournalError: (error: NodeJS.ErrnoException) =>
    thread.emit({ type: 'journal-error', code: error.code ?? error.name, syscall: error.syscall ?? null }),
  onException: emitException,
});
// A failed start is the answer to the first request.
capturing.catch(() => {});

// One connection's surprise must not end all others; it is counted as what it is, an error in the log.
process.on('uncaughtException', emitException);

function emitException(error: NodeJS.ErrnoException): void {
  thread.emit({
    type: 'exception',
    name: error.code ?? error.name,
    place: placeOf(error),
  });
}

let shown = 0;
const live = setInterval(() => {
  void capturing.then((capture) => {
    const list = capture.inFlight();
    if (list.length > 0 || shown > 0) thread.emit({ type: 'live', list });
    shown = list.length;
  });
}, liveEveryMs);
live.unref();
