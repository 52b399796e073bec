import { type MessagePort, workerData } from 'node:worker_threads';
import { assemble, changedFingerprint, contentHash, effectKeys, keyChanges } from '../assemble/index.js';
import { clientName, decodeExchange, readExchange, storedEvents } from '../decode/index.js';
import { openJournalReader } from '../journal/reader.js';
import { pipelineCounters } from '../pipeline/counters.js';
import { createPipeline } from '../pipeline/pipeline.js';
import { createRedactor, erasureRewriting, type Redactor, type Rewriting, rescanRewriting } from '../redact/index.js';
import { loadSqlite, openWriter, type StoreCommands, type StoreWriter } from '../store/index.js';
import type {
  PipelineEvent,
  PipelineRequest,
  PipelineThreadData,
  RewritePlan,
  ToCapture,
  ToPipeline,
} from '../threads/protocol.js';
import { type CommandOf, carryOut } from '../threads/remote.js';
import { stepBack } from '../threads/step-back.js';
import { serveThread } from '../threads/worker-side.js';

/** The pipeline thread: journal → decode → redact → assemble → store, and the only writer of the store. */

const data = workerData as PipelineThreadData;
let capture: MessagePort | undefined;

// What comes in faster than it can be stored waits in the journal.
stepBack();
loadSqlite();

const thread = serveThread<PipelineRequest<CommandOf<StoreCommands>>, PipelineEvent>({
  lane: ({ type }) => (type === 'drain' ? 'waiting' : 'control'),
  async request(request) {
    const { pipeline, writer } = opened();
    switch (request.type) {
      case 'ready':
        return null;
      case 'command':
        return carryOut(writer.writes, request.command);
      case 'policy':
        redactor = redactorOf(request);
        policy = request.policy;
        rewriting = null;
        return null;
      case 'drain':
        return pipeline.drained(request.position, request.whileItWorks);
      case 'rewrite':
        return rewriterOf(writer).step(request.runId, rewritingOf(request.plan), request.budgetMs);
      case 'look':
        return rewriterOf(writer).look(request.from, rewritingOf(request.plan), request.budgetMs);
      case 'rewrite-state':
        return rewriterOf(writer).state();
      case 'rewrite-forget':
        rewriting = null;
        return null;
      case 'vacuum':
        writer.vacuum();
        return null;
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
let redactor: Redactor;
let policy = data.policy;
/** For the plan that is under way: what it needs is built once, not at every step. */
let rewriting: { plan: string; rewriting: Rewriting } | null = null;

function opened() {
  if (!state) throw failure;
  return state;
}

function redactorOf({ policy, values }: Pick<PipelineThreadData, 'policy' | 'values'>): Redactor {
  return createRedactor({ policy, key: data.pseudonymKey, secrets: data.secrets, values });
}

function rewriterOf(writer: StoreWriter) {
  if (writer.rewriter === null) throw new Error('the store was opened without what rewriting needs');
  return writer.rewriter;
}

function rewritingOf(plan: RewritePlan): Rewriting {
  const name = JSON.stringify(plan);
  if (rewriting?.plan !== name) {
    const made =
      plan.kind === 'rescan'
        ? rescanRewriting(redactor, policy)
        : erasureRewriting({ policy, key: data.pseudonymKey, values: plan.values });
    rewriting = { plan: name, rewriting: made };
  }
  return rewriting.rewriting;
}

try {
  const making = { contentHash, keyChanges, fingerprint: changedFingerprint, effectKeys, events: storedEvents };
  const writer = openWriter(data.database, { sealKey: data.sealKey, clientName, making });
  redactor = redactorOf(data);
  const pipeline = createPipeline({
    reader: openJournalReader(data.journalDir, data.journalKey),
    read: readExchange,
    redactor: { exchange: (read) => redactor.exchange(read) },
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
