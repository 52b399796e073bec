import { workerData } from 'node:worker_threads';
import { type ErrorCode, errorCatalogue, SluiceError } from '../../shared/errors.js';
import { type Json, jsonSchema } from '../../shared/model/index.js';
import { type EngineCalls, engineCallNames } from '../engine/work/engine-calls.js';
import { workNamed } from '../engine/work/kinds.js';
import { workTools } from '../engine/work/tools.js';
import type { JobControl } from '../ground/job-kind.js';
import { JobAborted } from '../jobs/index.js';
import { loadSqlite } from '../store/index.js';
import type { WorkEvent, WorkRequest, WorkThreadData } from '../threads/protocol.js';
import { type CommandOf, remote } from '../threads/remote.js';
import { stepBack } from '../threads/step-back.js';
import { bodiesOf, handedOver } from '../threads/transfer.js';
import { serveThread } from '../threads/worker-side.js';

/** The work thread: what would hold up the API for seconds. It reads the store over a connection of its own. */

/** Least time between two messages of a job about how far it is, and the longest that a line of its log waits, in ms. */
const everyMs = 100;

stepBack();
loadSqlite();

const running = new Map<number, AbortController>();
const asked = new Map<number, PromiseWithResolvers<unknown>>();
let lastCall = 0;

const thread = serveThread<WorkRequest, WorkEvent<CommandOf<EngineCalls>>>({
  lane: ({ type }) => (type === 'run' ? 'waiting' : 'control'),
  async request(request) {
    switch (request.type) {
      case 'run':
        return run(request);
      case 'abort':
        running.get(request.job)?.abort(new JobAborted(request.state));
        return null;
      case 'rules':
        opened().useRules(request);
        return null;
      case 'answer': {
        const waiting = asked.get(request.id);
        asked.delete(request.id);
        if (request.error === undefined) waiting?.resolve(request.value);
        else waiting?.reject(failure(request.error));
        return null;
      }
      case 'stop':
        tools?.close();
        setImmediate(() => thread.end());
        return null;
    }
  },
  connect() {},
});

const engine = remote<EngineCalls>(engineCallNames, (command) => {
  lastCall += 1;
  const waiting = Promise.withResolvers<unknown>();
  asked.set(lastCall, waiting);
  const bodies = command.name === 'take' ? bodiesOf(command.args[1]) : [];
  thread.emit({ type: 'call', id: lastCall, command }, handedOver(bodies));
  return waiting.promise;
});

let tools: ReturnType<typeof workTools> | undefined;

/** Opened for the first job: what fails then is that job's failure, with its code. */
function opened() {
  tools ??= workTools(workerData as WorkThreadData, engine);
  return tools;
}

async function run({ job, kind: id, params, resumed }: WorkRequest & { type: 'run' }): Promise<Json> {
  const { tools: jobTools, texts } = opened();
  const kind = workNamed(id);
  if (kind === undefined) throw new TypeError(`no jobs of kind ${id}`);
  const abort = new AbortController();
  running.set(job, abort);
  const telling = tellingOf(job);
  try {
    const control = { ...telling.control, job_id: null, signal: abort.signal, resumed };
    const result = await texts.gated(kind).run(kind.params.parse(params), control, jobTools);
    return jsonSchema.parse(result);
  } finally {
    telling.end();
    running.delete(job);
  }
}

/** What a job tells goes in few messages, however often it is told. */
function tellingOf(job: number): { control: Pick<JobControl, 'progress' | 'log' | 'checkpoint'>; end(): void } {
  let last: (WorkEvent<never> & { type: 'progress' }) | null = null;
  let lines: { line: string; level: 'info' | 'warn' }[] = [];
  let timer: NodeJS.Timeout | null = null;
  function flush(): void {
    timer = null;
    if (last !== null) thread.emit(last);
    if (lines.length > 0) thread.emit({ type: 'log', job, lines });
    last = null;
    lines = [];
  }
  const soon = () => {
    timer ??= setTimeout(flush, everyMs);
  };
  return {
    control: {
      progress(share, message, work) {
        // A message without numbers leaves those before it standing, also where both go as one.
        const numbers = work ?? last?.work;
        last = { type: 'progress', job, share, message, ...(numbers === undefined ? {} : { work: numbers }) };
        soon();
      },
      log(line, level = 'info') {
        lines.push({ line, level });
        soon();
      },
      checkpoint(state) {
        thread.emit({ type: 'checkpoint', job, state: jsonSchema.parse(state) });
        return Promise.resolve();
      },
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      flush();
    },
  };
}

function failure({ code, message, details }: { code?: string; message: string; details?: unknown }): Error {
  if (code !== undefined && code in errorCatalogue) return new SluiceError(code as ErrorCode, message, details);
  return new Error(message);
}
