import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { type Job, type Json, type Page, toIso } from '../../shared/model/index.js';
import { JobAborted } from './aborted.js';
import { jobFile } from './files.js';
import { errorRecord } from './job-error.js';

/** Where jobs are kept. `saveJob` may commit later; until then the queue answers from memory. */
export interface JobStore {
  /** Newest first. */
  jobs(cursor: string | null, limit: number): Page<Job>;
  job(jobId: string): Job | null;
  saveJob(job: Job): unknown;
}

export interface JobControl {
  /** Aborted when the job is cancelled or the engine stops. */
  signal: AbortSignal;
  /** 0..1, or null while the size is unknown. May be called as often as wanted. */
  report(progress: number | null, message: string): void;
}

/** Does the work of one kind of job. What it returns becomes the result, what it throws the error of the record. */
export type JobRunner = (params: Json, control: JobControl) => Promise<Json>;

/** Least time between two reports that are passed on, in milliseconds. */
const reportInterval = 250;
/** How long a cancel waits for the runner to notice before it answers. */
const cancelPatience = 2000;
/** How long closing waits for runners to notice, and again for the records of those that did not. */
const closePatience = 5000;

interface Active {
  job: Job;
  abort: AbortController;
  /** Resolves when the job has reached its last state and that is saved. */
  over: PromiseWithResolvers<void>;
  saved: Promise<void>;
  reportTimer: NodeJS.Timeout | null;
  ended: boolean;
}

/**
 * The job queue: persisted, with progress, cancellable, one job at a time of each kind, in the order of their starting.
 * Jobs that were waiting when the engine stopped are started again; one that was running becomes `interrupted` and is
 * not begun again by itself, since it may be what brought the engine down.
 */
export function createJobs(options: {
  store: JobStore;
  runners: { [kind: string]: JobRunner };
  onChange(job: Job): void;
  /** Hears each change of a job's state once, its first included. */
  onState(job: Job): void;
  /** Hears what nobody expected: a runner's failure without a code, a record that could not be saved. */
  onError(error: unknown, job: Job): void;
}) {
  const { store, runners, onChange, onState, onError } = options;
  /** Jobs that are not over or not yet saved, oldest first. */
  const active = new Map<string, Active>();
  /** The last job of each kind; the next one of that kind begins after it. */
  const lines = new Map<string, Promise<void>>();
  let closing = false;

  /** Changes a record, tells, and saves it after what was saved of it before. */
  function update(entry: Active, patch: Partial<Job>): Promise<void> {
    const job = { ...entry.job, ...patch };
    entry.job = job;
    onChange(job);
    if (patch.state) onState(job);
    entry.saved = entry.saved.then(async () => {
      try {
        await store.saveJob(job);
      } catch (error) {
        onError(error, job);
      }
    });
    return entry.saved;
  }

  async function end(entry: Active, patch: Partial<Job>): Promise<void> {
    // A runner that closing no longer waited for may still come back.
    if (entry.ended) return;
    entry.ended = true;
    if (entry.reportTimer) clearTimeout(entry.reportTimer);
    entry.reportTimer = null;
    await update(entry, { ...patch, ended_at: toIso(Date.now() * 1000) });
    active.delete(entry.job.job_id);
    entry.over.resolve();
  }

  function report(entry: Active, progress: number | null, message: string): void {
    if (entry.ended || entry.job.state !== 'running') return;
    entry.job = { ...entry.job, progress, message };
    entry.reportTimer ??= setTimeout(() => {
      entry.reportTimer = null;
      void update(entry, {});
    }, reportInterval);
  }

  async function run(entry: Active): Promise<void> {
    if (closing || entry.job.state !== 'queued') return;
    const runner = runners[entry.job.kind] as JobRunner;
    const { signal } = entry.abort;
    void update(entry, { state: 'running', started_at: toIso(Date.now() * 1000) });
    try {
      const result = await runner(entry.job.params, {
        signal,
        report: (progress, message) => report(entry, progress, message),
      });
      await end(entry, { state: 'done', progress: 1, result });
    } catch (error) {
      if (!(error instanceof SluiceError) && !signal.aborted) onError(error, entry.job);
      await end(entry, signal.reason instanceof JobAborted ? aborted(signal.reason) : failed(error));
    }
  }

  function activate(job: Job): Active {
    const entry: Active = {
      job,
      abort: new AbortController(),
      over: Promise.withResolvers(),
      saved: Promise.resolve(),
      reportTimer: null,
      ended: false,
    };
    active.set(job.job_id, entry);
    return entry;
  }

  function enqueue(job: Job): Active {
    const entry = activate(job);
    const before = lines.get(job.kind) ?? Promise.resolve();
    lines.set(
      job.kind,
      before.then(() => run(entry)),
    );
    return entry;
  }

  function recover(): void {
    const found: Job[] = [];
    for (let cursor: string | null = null; ; ) {
      const page: Page<Job> = store.jobs(cursor, 200);
      found.push(...page.items.filter((job) => job.state === 'running' || job.state === 'queued'));
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    for (const job of found.reverse()) {
      if (job.state === 'queued' && runners[job.kind]) enqueue(job);
      else void end(activate(job), aborted(new JobAborted('interrupted')));
    }
  }
  recover();

  function get(jobId: string): Job | null {
    return active.get(jobId)?.job ?? store.job(jobId);
  }

  return {
    get,

    /** Puts a job in its line and returns its record; throws for a kind without a runner and while closing. */
    start(kind: string, title: string, params: Json): Job {
      if (!runners[kind]) throw new TypeError(`no runner for jobs of kind ${kind}`);
      if (closing) throw new SluiceError('shutting_down', 'The engine is stopping.');
      const entry = enqueue({
        job_id: uuidv7(),
        kind,
        title,
        state: 'queued',
        progress: null,
        message: '',
        params,
        result: null,
        error: null,
        created_at: toIso(Date.now() * 1000),
        started_at: null,
        ended_at: null,
      });
      void update(entry, { state: 'queued' });
      return entry.job;
    },

    /** Newest first. What the store does not show yet is laid over it. */
    list(cursor: string | null, limit: number): Page<Job> {
      const page = store.jobs(cursor, limit);
      const items = page.items.map((job) => active.get(job.job_id)?.job ?? job);
      if (cursor !== null) return { ...page, items };
      const shown = new Set(items.map((job) => job.job_id));
      const newest = items[0]?.job_id ?? '';
      const unsaved = [...active.values()]
        .map((entry) => entry.job)
        .filter((job) => !shown.has(job.job_id) && job.job_id > newest);
      return { ...page, items: [...unsaved.reverse(), ...items] };
    },

    /** Null for an unknown job. A job that is over stays as it is; one that is slow to stop answers still running. */
    async cancel(jobId: string): Promise<Job | null> {
      const entry = active.get(jobId);
      if (entry && (entry.job.state === 'queued' || entry.job.state === 'running')) {
        const waiting = entry.job.state === 'queued';
        const reason = new JobAborted('cancelled');
        entry.abort.abort(reason);
        if (waiting) await end(entry, aborted(reason));
        else await withPatience(entry.over.promise, cancelPatience);
        return entry.job;
      }
      return get(jobId);
    },

    /** Absolute path of a finished job's file, or null; a name that is no such file's never becomes a path. */
    file(jobId: string, name: string): string | null {
      const job = get(jobId);
      return job?.state === 'done' ? jobFile(job.result, name) : null;
    },

    /** Resolves when the job is over and saved, or put off to the next start; at once for one that is. */
    async settled(jobId: string): Promise<Job | null> {
      const entry = active.get(jobId);
      await entry?.over.promise;
      return entry?.job ?? store.job(jobId);
    },

    /** Stops within ten seconds: running jobs become `interrupted`, also those that do not notice; waiting ones stay queued. */
    async close(): Promise<void> {
      closing = true;
      const running = [...active.values()].filter((entry) => entry.job.state === 'running');
      for (const entry of active.values()) if (entry.job.state === 'queued') entry.over.resolve();
      const reason = new JobAborted('interrupted');
      for (const entry of running) entry.abort.abort(reason);
      const over = Promise.all(running.map((entry) => entry.over.promise));
      await withPatience(over, closePatience);
      for (const entry of running) void end(entry, aborted(reason));
      await withPatience(over, closePatience);
    },
  };
}

function failed(error: unknown): Partial<Job> {
  return { state: 'failed', error: errorRecord(error) };
}

function aborted(reason: JobAborted): Partial<Job> {
  return { state: reason.state, error: errorRecord(reason) };
}

async function withPatience(promise: Promise<unknown>, patience: number): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, patience);
  await Promise.race([promise, timeout.promise]);
  clearTimeout(timer);
}
