import { setImmediate as breathe } from 'node:timers/promises';
import { SluiceError } from '../../../shared/errors.js';
import { jsonSchema } from '../../../shared/model/index.js';
import { type JobControl, type JobKind, type JobStep, silent } from '../../ground/job-kind.js';
import { JobAborted, RunnerCrashed } from '../../jobs/index.js';
import type { WorkEvent, WorkRequest, WorkThreadData } from '../../threads/protocol.js';
import { type CommandOf, carryOut } from '../../threads/remote.js';
import { startWorker, type WorkerHandle, workLimits } from '../../threads/worker-handle.js';
import type { EngineCalls, IntakeCalls } from './engine-calls.js';
import { workKinds } from './kinds.js';

/** So long the thread stays without work: starting it takes a fraction of a second, keeping it some memory. */
const idleMs = 30_000;
/** How long a thread that ends may take to close what it has open. */
const closeMs = 2000;

interface Running {
  handle: WorkerHandle<WorkRequest>;
  jobs: Map<number, JobControl>;
}

/**
 * The thread that jobs of the lane `cpu` run on, so that no request waits for them. It is started for the first job and ended when
 * there was none for a while. Where it crashes its jobs end with `RunnerCrashed` and the next one starts it anew: the engine goes on.
 */
export function createWorkThread(parts: {
  entry: URL;
  /** With the rules as they stand. */
  data(): WorkThreadData;
  calls: Omit<EngineCalls, keyof IntakeCalls>;
  onCrash(error: Error): void;
}) {
  let running: Running | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastJob = 0;
  let ended = false;
  let intake: IntakeCalls | null = null;

  function start(): Running {
    const jobs: Running['jobs'] = new Map();
    const handle = startWorker<WorkRequest, WorkEvent<CommandOf<EngineCalls>>>(
      parts.entry,
      parts.data(),
      (event) => hear({ handle, jobs }, event),
      workLimits,
    );
    const started = { handle, jobs };
    void handle.ended.then((error) => {
      if (running === started) running = null;
      if (error !== null && !ended) parts.onCrash(error);
    });
    return started;
  }

  function hear({ handle, jobs }: Running, event: WorkEvent<CommandOf<EngineCalls>>): void {
    if (event.type === 'call') {
      const { id } = event;
      // An answer that reaches nobody: the thread ended meanwhile.
      const answer = (outcome: Pick<WorkRequest & { type: 'answer' }, 'value' | 'error'>) =>
        void handle.request({ type: 'answer', id, ...outcome }).catch(() => undefined);
      carryOut({ ...parts.calls, ...(intake as IntakeCalls) }, event.command).then(
        (value) => answer({ value }),
        (error: unknown) =>
          answer({ error: error instanceof SluiceError ? error.toJSON() : { message: String(error) } }),
      );
      return;
    }
    const control = jobs.get(event.job);
    if (event.type === 'progress') control?.progress(event.share, event.message, event.work);
    else if (event.type === 'checkpoint') void control?.checkpoint(event.state);
    else for (const { line, level } of event.lines) control?.log(line, level);
  }

  async function run(kind: string, params: unknown, control: JobControl): Promise<unknown> {
    if (ended) throw new SluiceError('shutting_down', 'The engine is stopping.');
    clearTimeout(idle);
    running ??= start();
    const { handle, jobs } = running;
    lastJob += 1;
    const job = lastJob;
    jobs.set(job, control);
    const abort = () => {
      const reason: unknown = control.signal.reason;
      const state = reason instanceof JobAborted ? reason.state : 'cancelled';
      void handle.request({ type: 'abort', job, state }).catch(() => undefined);
    };
    control.signal.addEventListener('abort', abort);
    try {
      return await handle.request({ type: 'run', job, kind, params, resumed: control.resumed });
    } catch (error) {
      const crash = await Promise.race([handle.ended, breathe(null)]);
      if (crash !== null) throw new RunnerCrashed((crash as NodeJS.ErrnoException).code ?? crash.name);
      throw error;
    } finally {
      control.signal.removeEventListener('abort', abort);
      jobs.delete(job);
      if (jobs.size === 0) idle = setTimeout(() => void end(), idleMs).unref();
    }
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = running;
    running = null;
    if (ending === null) return;
    // One that is deep in its work does not hear; nothing it has open is written to but its own files.
    const closed = ending.handle.request({ type: 'stop' }).catch(() => undefined);
    const late = new Promise((resolve) => setTimeout(resolve, closeMs).unref());
    await Promise.race([closed.then(() => ending.handle.ended), late]);
    await ending.handle.terminate();
  }

  return {
    /** Its kinds of jobs, as the queue runs them. */
    kinds: workKinds.map(
      (kind): JobKind => ({
        ...(kind as JobKind),
        run: (params, control) => run(kind.id, jsonSchema.parse(params), control),
      }),
    ),
    /** Who answers what imports ask; said before the first job runs. */
    answerIntake(calls: IntakeCalls): void {
      intake = calls;
    },
    /** Has something computed there for a job beside the API, or for a request; `control` is the job's, as far as it has one. */
    async step<Params, Result>(
      step: JobStep<Params, Result, never>,
      params: Params,
      control: Partial<JobControl>,
    ): Promise<Result> {
      return step.result.parse(await run(step.id, params, { ...silent, ...control, resumed: null }));
    },
    /** From now on these hold on the thread too. */
    async useRules(rules: Pick<WorkThreadData, 'policy' | 'values'>): Promise<void> {
      await running?.handle.request({ type: 'rules', policy: rules.policy, values: rules.values });
    },
    async end(): Promise<void> {
      ended = true;
      await end();
    },
  };
}
