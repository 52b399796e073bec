import { MessageChannel, type MessagePort, Worker, workerData } from 'node:worker_threads';
import type { Json } from '../../shared/model/index.js';
import {
  assemble,
  changedFingerprint,
  contentHash,
  effectKeys,
  keyChanges,
  redactExcerpts,
  statusOf,
  suspicionOf,
  suspicionVersion,
} from '../assemble/index.js';
import { clientName, decodeExchange, readExchange, storedEvents } from '../decode/index.js';
import type { PipelineCommands, PipelineRequest } from '../engine/live/thread-commands.js';
import { openJournalReader } from '../journal/reader.js';
import { pipelineCounters } from '../pipeline/counters.js';
import { createGateAhead } from '../pipeline/gate-ahead.js';
import { createPipeline } from '../pipeline/pipeline.js';
import { createRedactor, erasureRewriting, type Redactor, type Rewriting, rescanRewriting } from '../redact/index.js';
import { loadSqlite, openWriter, type StoreWriter } from '../store/index.js';
import type {
  GateThreadData,
  PipelineEvent,
  PipelineThreadData,
  RewritePlan,
  ToCapture,
  ToPipeline,
} from '../threads/protocol.js';
import { carryOut } from '../threads/remote.js';
import { stepBack } from '../threads/step-back.js';
import { threadLimits } from '../threads/worker-handle.js';
import { serveThread } from '../threads/worker-side.js';

/** The pipeline thread: journal → decode → redact → assemble → store, and the only writer of the store. */

const data = workerData as PipelineThreadData;
let capture: MessagePort | undefined;

// What comes in faster than it can be stored waits in the journal.
stepBack();
loadSqlite();

const commands: PipelineCommands = {
  async ready() {
    opened();
  },
  countBacklog: async (until) => opened().pipeline.countBacklog(until),
  async useRules(rules) {
    redactor = redactorOf(rules);
    holding = rules;
    ahead.forget();
    rewriting = null;
  },
  drain: async (position, whileItWorks) => opened().pipeline.drained(position, whileItWorks),
  rewrite: async (runId, plan, budgetMs) => rewriter().step(runId, rewritingOf(plan), budgetMs),
  look: async (plan, from, budgetMs) => rewriter().look(from, rewritingOf(plan), budgetMs),
  rewriteState: async () => rewriter().state(),
  async rewriteForget() {
    rewriting = null;
  },
  vacuum: async () => opened().writer.vacuum(),
  async stop() {
    const { pipeline, writer } = opened();
    pipeline.stop();
    writer.close();
    setImmediate(() => {
      capture?.close();
      thread.end();
    });
  },
};

const thread = serveThread<PipelineRequest, PipelineEvent>({
  lane: ({ to, command }) => (to === 'thread' && command.name === 'drain' ? 'waiting' : 'control'),
  request: (request) =>
    request.to === 'store' ? carryOut(opened().writer.writes, request.command) : carryOut(commands, request.command),
  connect(port) {
    capture = port;
    port.on('message', (message: ToPipeline) => opened().pipeline.grow(message.position));
  },
});

let state: { pipeline: ReturnType<typeof createPipeline>; writer: StoreWriter } | undefined;
let failure: unknown;
let redactor: Redactor;
let holding: Pick<PipelineThreadData, 'policy' | 'values'> = data;
/** For the plan that is under way: what it needs is built once, not at every step. */
let rewriting: { plan: string; rewriting: Rewriting } | null = null;

function opened() {
  if (!state) throw failure;
  return state;
}

function redactorOf({ policy, values }: Pick<PipelineThreadData, 'policy' | 'values'>): Redactor {
  return createRedactor({ policy, key: data.pseudonymKey, secrets: data.secrets, values, clean: data.clean });
}

/** A crash of the gate's thread is a loss of speed: what it did is done here, where it is said if it fails again. */
const reader = openJournalReader(data.journalDir, data.journalKey);
const ahead = createGateAhead((from, lost) => {
  const { journalDir, journalKey, pseudonymKey, secrets, clean, skip } = data;
  const { port1, port2 } = new MessageChannel();
  const { policy, values } = holding;
  const rules = { policy, values, secrets, pseudonymKey, clean };
  const worker = new Worker(new URL(data.gate), {
    workerData: { ...rules, journalDir, journalKey, skip, from, port: port2 } satisfies GateThreadData & {
      port: MessagePort;
    },
    transferList: [port2],
    resourceLimits: threadLimits,
  });
  worker.unref();
  worker.once('error', lost);
  return {
    port: port1,
    end: () => {
      port1.close();
      void worker.terminate();
    },
  };
}, reader.before);

function rewriter() {
  const { writer } = opened();
  if (writer.rewriter === null) throw new Error('the store was opened without what rewriting needs');
  return writer.rewriter;
}

function rewritingOf(plan: RewritePlan): Rewriting {
  const name = JSON.stringify(plan);
  if (rewriting?.plan !== name) {
    const made =
      plan.kind === 'rescan'
        ? rescanRewriting(redactor, holding.policy)
        : erasureRewriting({ policy: holding.policy, key: data.pseudonymKey, values: plan.values });
    rewriting = { plan: name, rewriting: made };
  }
  return rewriting.rewriting;
}

try {
  const making = { contentHash, keyChanges, fingerprint: changedFingerprint, effectKeys, events: storedEvents };
  const failed = (tool: string, result: Json) => statusOf({ result }, tool) === 'error';
  const suspecting = { version: suspicionVersion, of: suspicionOf, failed };
  const writer = openWriter(data.database, { sealKey: data.sealKey, clientName, making, suspecting });
  redactor = redactorOf(data);
  const pipeline = createPipeline({
    reader,
    read: readExchange,
    redactor: { exchange: (read) => redactor.exchange(read) },
    ahead,
    decode: decodeExchange,
    assemble: (decoded, lineage) =>
      redactExcerpts(assemble(decoded, lineage, clientName), (text) => redactor.text(text).text),
    writer,
    counters: pipelineCounters(data.counters),
    skip: data.skip,
    acknowledge: (position) => capture?.postMessage({ acknowledged: position } satisfies ToCapture),
    onTopics: (topics) => thread.emit({ type: 'tick', topics }),
    onLog: (level, event, fields) => thread.emit({ type: 'log', level, event, fields }),
  });
  state = { pipeline, writer };
} catch (error) {
  failure = error;
}
