import { setPriority } from 'node:os';
import { type MessagePort, workerData } from 'node:worker_threads';
import { assemble } from '../assemble/index.js';
import { openJournalReader } from '../capture/journal/reader.js';
import { clientName, decodeExchange, readExchange } from '../decode/index.js';
import { createRedactor, defaultPolicy, loadPolicy } from '../redact/index.js';
import { openWriter, type StoreWriter } from '../store/index.js';
import { createPipeline } from '../threads/pipeline.js';
import { pipelineCounters } from '../threads/pipeline-counters.js';
import type { PipelineEvent, PipelineRequest, PipelineThreadData, ToCapture, ToPipeline } from '../threads/protocol.js';
import { serveThread } from '../threads/worker-side.js';

/** The pipeline thread: journal → decode → redact → assemble → store, and the only writer of the store. */

const data = workerData as PipelineThreadData;
let capture: MessagePort | undefined;

// Traffic goes first: what comes in faster than it can be stored waits in the journal. On Linux 0 names the calling
// thread; elsewhere it would slow the whole process down.
if (process.platform === 'linux') setPriority(0, 5);

const thread = serveThread<PipelineRequest, PipelineEvent>({
  async request(request) {
    const { pipeline, writer } = opened();
    switch (request.type) {
      case 'ready':
        return null;
      case 'write': {
        const method = writer.writes[request.method as keyof StoreWriter['writes']] as
          | ((...args: unknown[]) => unknown)
          | undefined;
        if (!method) throw new Error(`no such write: ${request.method}`);
        return method.apply(writer.writes, request.args);
      }
      case 'drain':
        return pipeline.drained(request.position);
      case 'stop':
        pipeline.stop();
        writer.close();
        setImmediate(() => {
          capture?.close();
          thread.end();
        });
        return null;
    }
  },
  connect(port) {
    capture = port;
    port.on('message', (message: ToPipeline) => opened().pipeline.grow(message.position));
  },
});

let state: { pipeline: ReturnType<typeof createPipeline>; writer: StoreWriter } | undefined;
let failure: unknown;

function opened() {
  if (!state) throw failure;
  return state;
}

try {
  const writer = openWriter(data.database, { sealKey: data.sealKey, clientName });
  const redactor = createRedactor({
    policy: data.policy === undefined ? defaultPolicy : loadPolicy(data.policy),
    key: data.pseudonymKey,
    known: data.known,
  });
  const pipeline = createPipeline({
    reader: openJournalReader(data.journalDir, data.journalKey),
    read: readExchange,
    redactor,
    decode: decodeExchange,
    assemble: (decoded, lineage) => assemble(decoded, lineage, clientName),
    writer,
    counters: pipelineCounters(data.counters),
    backlogUntil: data.backlogUntil,
    skip: data.skip,
    acknowledge: (position) => capture?.postMessage({ acknowledged: position } satisfies ToCapture),
    onTopics: (topics) => thread.emit({ type: 'tick', topics }),
    onLog: (level, event, fields) => thread.emit({ type: 'log', level, event, fields }),
  });
  state = { pipeline, writer };
} catch (error) {
  failure = error;
}
