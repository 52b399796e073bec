import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { type Job, type JobLogLine, type Json, jsonSchema, toIso } from '../../shared/model/index.js';
import type { JobControl, JobKind } from '../ground/job-kind.js';
import { listOf } from '../ground/list.js';
import { eachOf } from '../ground/pages.js';
import { JobAborted, RunnerCrashed } from './aborted.js';
import { jobFile } from './files.js';
import { errorRecord } from './job-error.js';
import { createLines } from './lines.js';
import type { ChangeTexts, JobLogs } from './log.js';
import { type JobStore, type StoredJob, shownJob } from './stored-job.js';

/** Least time between two reports that are passed on, in milliseconds. */
const reportInterval = 250;
/** The same between two lines of its log that tell how far it is. */
const progressLines = 1000;
/** So often a job is gone on with after a crash: it may be what brings the engine down. */
const mostResumes = 3;
/** How long a cancel waits for the runner to notice before it answers. */
const cancelPatience = 2000;
/** How long closing waits for runners to notice, and again for the records of those that did not. */
const closePatience = 5000;
/** How long the record of a job that is over waits where it could not be saved. */
const saveAgainMs = 5000;

interface Active {
  job: StoredJob;
  abort: AbortController;
  /** Resolves when the job has reached its last state and that is saved. */
  over: PromiseWithResolvers<void>;
  /** Whether its last change is. */
  saved: Promise<boolean>;
  /** Its next report, which waits; settled when that is saved. */
  report: { timer: NodeJS.Timeout; saved: PromiseWithResolvers<void> } | null;
  /** When its log last said how far it is. */
  loggedAt: number;
  ended: boolean;
}

/**
 * The job queue: persisted, with progress and a log, cancellable, as many at once of each kind as it says, in the order of their
 * starting. Jobs that were waiting when the engine stopped are started again. One that was running goes on from its checkpoint,
 * a few times at most; without one it becomes `interrupted` and is not begun again by itself, since it may be what brought the
 * engine down. Throws at once where two kinds have the same id.
 */
export function createJobs(options: {
  store: JobStore;
  kinds: readonly JobKind[];
  logs: JobLogs;
  /** The gate for what an error says in words; what kinds say themselves has passed it. */
  clean(text: string): string;
  onChange(job: Job): void;
  /** Hears each change of a job's state once, its first included. */
  onState(job: Job): void;
  /** Hears what nobody expected: a runner's failure without a code, a record that could not be saved. */
  onError(error: unknown, job: Job): void;
}) {
  const { store, logs, clean, onChange, onState, onError } = options;
  const kinds = new Map(listOf('job kinds', options.kinds).map((kind) => [kind.id, kind]));
  /** Jobs that are not over, or whose last state is not yet saved, oldest first. */
  const active = new Map<string, Active>();
  const lines = createLines((kind) => kinds.get(kind)?.atOnce ?? 1);
  let closing = false;

  /** Changes a record, tells, and saves it after what was saved of it before. */
  function update(entry: Active, patch: Partial<StoredJob>): Promise<boolean> {
    const job = { ...entry.job, ...patch };
    entry.job = job;
    if (patch.state) tell(job);
    else onChange(shownJob(job));
    entry.saved = entry.saved.then(() => saved(job));
    return entry.saved;
  }

  /** Tells of another state, its log too. */
  function tell(job: StoredJob): void {
    onChange(shownJob(job));
    onState(shownJob(job));
    logs.append(job.job_id, ...stateLine(job, clean));
  }

  async function saved(job: StoredJob): Promise<boolean> {
    try {
      await store.saveJob(job);
      return true;
    } catch (error) {
      onError(error, job);
      return false;
    }
  }

  /** One that is over and cannot be saved is shown as it is: whoever follows it would find none. */
  async function leave(entry: Active, isSaved: boolean): Promise<void> {
    if (isSaved) active.delete(entry.job.job_id);
    else if (!closing) setTimeout(async () => leave(entry, await saved(entry.job)), saveAgainMs).unref();
  }

  async function end(entry: Active, patch: Partial<StoredJob>): Promise<void> {
    // A runner that closing no longer waited for may still come back.
    if (entry.ended) return;
    entry.ended = true;
    clearTimeout(entry.report?.timer);
    entry.report?.saved.resolve();
    entry.report = null;
    const { checkpoint: _, resumes: __, ...job } = entry.job;
    // What is to be gone on with brings its own.
    entry.job = patch.state === 'queued' ? entry.job : job;
    const over = patch.state === 'queued' ? {} : { ended_at: toIso(Date.now() * 1000) };
    const isSaved = await update(entry, { ...patch, ...over });
    await logs.end(entry.job.job_id);
    await leave(entry, isSaved);
    entry.over.resolve();
  }

  function progress(entry: Active, share: number | null, message: string, work: Job['work']): void {
    if (entry.ended || entry.job.state !== 'running') return;
    const before = entry.job.message;
    entry.job = { ...entry.job, progress: share, message, work };
    const now = performance.now();
    if (entry.job.message !== before && now - entry.loggedAt >= progressLines) {
      entry.loggedAt = now;
      logs.append(entry.job.job_id, 'info', entry.job.message);
    }
    void saveSoon(entry);
  }

  function saveSoon(entry: Active): Promise<void> {
    if (entry.report !== null) return entry.report.saved.promise;
    const saved = Promise.withResolvers<void>();
    const timer = setTimeout(async () => {
      entry.report = null;
      await update(entry, {});
      saved.resolve();
    }, reportInterval);
    entry.report = { timer, saved };
    return saved.promise;
  }

  function controlOf(entry: Active): JobControl {
    return {
      job_id: entry.job.job_id,
      signal: entry.abort.signal,
      progress: (share, message, work) => progress(entry, share, message, work ?? entry.job.work),
      log(line, level = 'info', runId) {
        if (!entry.ended) logs.append(entry.job.job_id, level, line, runId);
      },
      checkpoint(state) {
        if (entry.ended) return Promise.resolve();
        const first = entry.job.checkpoint === undefined;
        entry.job = { ...entry.job, checkpoint: jsonSchema.parse(state) };
        // From the first one on it can be gone on with: a crash may come before the next report.
        return first ? update(entry, {}).then(() => undefined) : saveSoon(entry);
      },
      resumed: entry.job.checkpoint ?? null,
    };
  }

  /** Stops one that waits or runs; null where there is no such job. */
  async function stop(jobId: string, state: 'cancelled' | 'paused'): Promise<Job | null> {
    const entry = active.get(jobId);
    if (entry && (entry.job.state === 'queued' || entry.job.state === 'running')) {
      const waiting = entry.job.state === 'queued';
      const reason = new JobAborted(state);
      entry.abort.abort(reason);
      if (waiting) await end(entry, aborted(reason, false));
      else await withPatience(entry.over.promise, cancelPatience);
      return shownJob(entry.job);
    }
    return get(jobId);
  }

  /** From its checkpoint, or from its start. */
  function canGoOn({ kind: id, params, checkpoint }: StoredJob): boolean {
    const kind = kinds.get(id);
    if (kind === undefined) return false;
    if (checkpoint !== undefined) return true;
    const read = kind.params.safeParse(params);
    return read.success && kind.again?.(read.data) === true;
  }

  async function run(entry: Active): Promise<void> {
    if (closing || entry.job.state !== 'queued') return;
    const kind = kinds.get(entry.job.kind) as JobKind;
    const { signal } = entry.abort;
    void update(entry, { state: 'running', started_at: toIso(Date.now() * 1000) });
    for (;;) {
      try {
        const result = await kind.run(kind.params.parse(entry.job.params), controlOf(entry), undefined);
        await end(entry, { state: 'done', progress: 1, result: kind.result.parse(result) as Json });
        return;
      } catch (error) {
        const reason: unknown = signal.reason;
        if (reason instanceof JobAborted) {
          await end(entry, aborted(reason, canGoOn(entry.job)));
          return;
        }
        // What ran it crashed: the job is not to blame, unless it is so each time.
        const resumes = (entry.job.resumes ?? 0) + 1;
        if (error instanceof RunnerCrashed && canGoOn(entry.job) && resumes <= mostResumes) {
          onError(error, shownJob(entry.job));
          logs.append(entry.job.job_id, 'warn', `${error.message} The job goes on from its last checkpoint.`);
          void update(entry, { resumes });
          continue;
        }
        if (!(error instanceof SluiceError)) onError(error, shownJob(entry.job));
        await end(entry, failed(error));
        return;
      }
    }
  }

  function activate(job: StoredJob): Active {
    logs.open(job.job_id);
    const entry: Active = {
      job,
      abort: new AbortController(),
      over: Promise.withResolvers(),
      saved: Promise.resolve(true),
      report: null,
      loggedAt: Number.NEGATIVE_INFINITY,
      ended: false,
    };
    active.set(job.job_id, entry);
    return entry;
  }

  function enqueue(job: StoredJob): Active {
    const entry = activate(job);
    lines.join(job.kind, () => run(entry));
    return entry;
  }

  function recover(): void {
    const found = [...eachOf((cursor) => store.jobs(cursor, 200))].filter(
      ({ state }) => state === 'running' || state === 'queued',
    );
    for (const { job_id } of found.reverse()) {
      // A list leaves out parameters that are long.
      const job = store.job(job_id);
      if (job === null) continue;
      const resumes = (job.resumes ?? 0) + 1;
      if (kinds.has(job.kind) && job.state === 'queued') enqueue(job);
      else if (canGoOn(job) && resumes <= mostResumes) {
        void update(enqueue(job), { state: 'queued', resumes });
      } else void end(activate(job), aborted(new JobAborted('interrupted'), false));
    }
  }
  recover();

  function get(jobId: string): Job | null {
    const job = active.get(jobId)?.job ?? store.job(jobId);
    return job && shownJob(job);
  }

  return {
    get,

    /** Every kind of job there is. */
    kinds: (): { id: string; title: string }[] => [...kinds.values()].map(({ id, title }) => ({ id, title })),

    /**
     * Puts a job in its line and returns its record once that is saved: who knows the job's id finds it, whatever ends the engine.
     * Throws for an unknown kind, for params that it does not take, while closing, and what the store threw; then there is no job.
     */
    async start(kind: string, title: string, params: Json): Promise<Job> {
      const jobKind = kinds.get(kind);
      if (jobKind === undefined) throw new TypeError(`no jobs of kind ${kind}`);
      jobKind.params.parse(params);
      if (closing) throw new SluiceError('shutting_down', 'The engine is stopping.');
      const job: StoredJob = {
        job_id: uuidv7(),
        kind,
        title,
        state: 'queued',
        progress: null,
        work: null,
        message: '',
        params,
        result: null,
        error: null,
        created_at: toIso(Date.now() * 1000),
        started_at: null,
        ended_at: null,
      };
      await store.saveJob(job);
      // One that was saved while the queue closed waits for the next start.
      if (!closing) {
        enqueue(job);
        tell(job);
      }
      return shownJob(job);
    },

    /** Those that are not over, or whose last state is not yet saved, oldest first. */
    active: (): StoredJob[] => [...active.values()].map(({ job }) => job),

    /** Null for an unknown job. A job that is over stays as it is; one that is slow to stop answers still running. */
    cancel: (jobId: string): Promise<Job | null> => stop(jobId, 'cancelled'),

    /** The same, for one that can be gone on with: it waits for `goOn`, over restarts too. */
    pause: (jobId: string): Promise<Job | null> => stop(jobId, 'paused'),

    /**
     * Puts one that was stopped back in its line, as what it was: its id, its log and what it has done stay. `params` takes the place of its
     * own. One that is not over stays as it is. Null for an unknown job; throws SluiceError `job_not_resumable` where its kind cannot go on.
     */
    async goOn(jobId: string, params?: Json): Promise<Job | null> {
      // The record of one that has just ended may not be saved yet.
      const entry = active.get(jobId);
      if (entry?.ended) await entry.over.promise;
      else if (entry !== undefined) return shownJob(entry.job);
      const before = active.get(jobId)?.job ?? store.job(jobId);
      if (before === null) return null;
      if (!canGoOn(before))
        throw new SluiceError('job_not_resumable', `A job of kind ${before.kind} cannot be gone on with.`);
      if (closing) throw new SluiceError('shutting_down', 'The engine is stopping.');
      const { resumes: _, ...stood } = before;
      const job: StoredJob = {
        ...stood,
        ...(params === undefined ? {} : { params }),
        ...{ state: 'queued', result: null, error: null, started_at: null, ended_at: null },
      };
      await store.saveJob(job);
      if (!closing && !active.has(jobId)) {
        enqueue(job);
        tell(job);
      }
      return shownJob(job);
    },

    /** The lines of a job's log behind number `after`; with `follow` also those to come, until it is over. Null: no such job. */
    log(jobId: string, after: number, follow: boolean, signal: AbortSignal): AsyncGenerator<JobLogLine> | null {
      return get(jobId) === null ? null : logs.read(jobId, after, follow, signal);
    },

    /** Deletes the logs of jobs whose records were deleted. */
    sweepLogs: (): Promise<void> => logs.sweep((jobId) => get(jobId) !== null),

    /** Takes the lines about these runs of tests out of a job's log. */
    dropLines: (jobId: string, runIds: ReadonlySet<string>): Promise<void> => logs.drop(jobId, runIds),

    /** Changes what the logs of all jobs say, and what those that are not over would save of themselves. */
    async rewriteTexts(change: ChangeTexts): Promise<void> {
      const entries = [...active.values()].map((entry) => ({
        entry,
        job: entry.job,
        typed: typedIn(entry.job.params),
      }));
      // All at once: each change is a way to another thread, and a thousand jobs may wait.
      const texts = await change(entries.flatMap(({ job, typed }) => [job.title, job.message, ...typed]));
      let at = 0;
      const next = () => texts[at++] ?? '';
      const updates = entries.map(({ entry, job, typed }) => {
        const [title, message] = [next(), next()];
        return update(entry, {
          title,
          ...(entry.job.message === job.message && { message }),
          ...(typed.length > 0 && { params: withTyped(job.params, next) }),
        });
      });
      await Promise.all(updates);
      await logs.rewrite(change);
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
      return entry ? shownJob(entry.job) : get(jobId);
    },

    /**
     * Stops within ten seconds: running jobs become `interrupted`, or wait for the next start where
     * they can be gone on with; also those that do not notice. Waiting ones stay queued.
     */
    async close(): Promise<void> {
      closing = true;
      const running = [...active.values()].filter((entry) => entry.job.state === 'running');
      for (const entry of active.values()) {
        if (entry.job.state !== 'queued') continue;
        entry.over.resolve();
        void logs.end(entry.job.job_id);
      }
      const reason = new JobAborted('interrupted');
      for (const entry of running) entry.abort.abort(reason);
      const over = Promise.all(running.map((entry) => entry.over.promise));
      await withPatience(over, closePatience);
      for (const entry of running) void end(entry, aborted(reason, canGoOn(entry.job)));
      await withPatience(over, closePatience);
    },
  };
}

/** What people typed stands under these names: texts, or lists of them. */
const typedNames: ReadonlySet<string> = new Set(['query', 'test_command']);

/** Typed texts of parameters, in their order. */
function typedIn(params: Json): string[] {
  const typed: string[] = [];
  withTyped(params, (text) => {
    typed.push(text);
    return text;
  });
  return typed;
}

/** The same parameters with other typed texts. */
function withTyped(params: Json, change: (text: string) => string): Json {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return params;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (!typedNames.has(name)) return [name, value];
      if (typeof value === 'string') return [name, change(value)];
      const words = Array.isArray(value) && value.every((word) => typeof word === 'string');
      return [name, words ? value.map((word) => change(word)) : value];
    }),
  );
}

function failed(error: unknown): Partial<Job> {
  return { state: 'failed', error: errorRecord(error) };
}

/** What was interrupted and can be gone on with waits for the next start. */
function aborted(reason: JobAborted, canGoOn: boolean): Partial<StoredJob> {
  if (reason.state === 'interrupted' && canGoOn) return { state: 'queued' };
  return { state: reason.state, error: errorRecord(reason) };
}

/** What the log says of a change of state. */
function stateLine({ state, error }: Job, clean: (text: string) => string): [JobLogLine['level'], string] {
  if (error === null) return ['info', state];
  return [state === 'failed' ? 'error' : 'warn', `${state}: ${clean(error.message)} [${error.code}]`];
}

async function withPatience(promise: Promise<unknown>, patience: number): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, patience);
  await Promise.race([promise, timeout.promise]);
  clearTimeout(timer);
}
