import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import {
  idSchema,
  type QaJobResult,
  type QaOptions,
  type QaRun,
  qaJobResultSchema,
  qaOptionsSchema,
  toIso,
} from '../../../shared/model/index.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { eachAtOnce } from '../../ground/each-at-once.js';
import { type JobControl, type JobKind, untilAborted } from '../../ground/job-kind.js';
import { missingOf, untilReady } from './doctor.js';
import { type Kept, keptAsJson, keptFrom } from './kept.js';
import { type Plan, planOf } from './plan.js';
import { openRepository } from './repository/open.js';
import { repositoryFor } from './repository/which.js';
import { described, noCounts, runQa } from './run.js';
import { makeSampleRepository } from './sample.js';
import { createSlots } from './slots.js';
import { provenTask } from './task.js';
import type { QaTools } from './tools.js';

/** Of traces that were picked or that a query finds; of a repository alone; or of the sample. */
const qaParamsSchema = qaOptionsSchema.extend({
  trace_ids: z.array(idSchema).optional(),
  query: z.string().optional(),
  sample: z.boolean().default(false),
});
type Params = z.infer<typeof qaParamsSchema>;

/** A run that waits, or that was begun: what a job keeps of it to go on. */
export const begunSchema = z.object({ run_id: idSchema, trace_id: idSchema.nullable() });
export type BegunRun = z.infer<typeof begunSchema>;

const checkpointSchema = z.object({
  /** Behind the last page that is done: of the query, or how many of the picked ones. */
  cursor: z.string().nullable(),
  /** Runs of the page that are not over. Null: the page was not begun. */
  open: z.array(begunSchema).nullable(),
  /** Behind the page that was begun: once its runs are, a query may find others in its place. */
  next: z.string().nullable(),
  done: z.int(),
  result: qaJobResultSchema,
});
type State = z.infer<typeof checkpointSchema>;

/** Traces of one page, and runs that a job's result names. */
const [pageSize, mostNamed] = [50, 1000];
/** Milliseconds until a run that lost its engine looks for it again. */
const pause = 2000;
/** Jobs that run at once: how many runs do is the settings' matter, and each job takes its turn. */
const jobsAtOnce = 64;

export interface QaKind extends JobKind<Params, QaJobResult> {
  /** Saves a run that waits for its turn, so that its trace says so. */
  begin(traceId: string | null, jobId: string | null): Promise<BegunRun>;
  /**
   * Carries out a run that was begun, or goes on with it, and saves what it came to; a run that cannot be made is `failed` and says
   * why. @throws the signal's reason, and what nobody expected
   */
  carryOut(begun: BegunRun, options: QaOptions, control: JobControl): Promise<CarriedOut>;
  /** Ends those of these runs that are under way; resolves once nothing of them is held, or told in a log, any more. */
  endRuns(runIds: ReadonlySet<string>): Promise<void>;
  /**
   * Erases values: runs under way end first, since what their tests wrote may hold what is to be gone, and none begins until it is
   * done.
   */
  whileErasing<T>(work: () => Promise<T>): Promise<T>;
}

/** What is told of a run that is over. */
type CarriedOut = Pick<QaRun, 'run_id' | 'trace_id' | 'state' | 'verdict' | 'tests_passed' | 'reason'>;
type Stored = Pick<QaRun, 'created_at' | 'started_at'>;

interface ActiveRun {
  run_id: string;
  end(why: SluiceError): void;
  over: Promise<void>;
}

const cancelled = 'It was cancelled.';

/** Jobs that run tests. One that was cut off goes on with the attempts that were not over. */
export function qaKind(tools: QaTools): QaKind {
  const inSlot = createSlots(() => tools.defaults().at_once);
  /** Runs that hold something of what they are about. */
  const actives = new Set<ActiveRun>();
  /** Erasures under way: no run begins. */
  const erasures = new Set<Promise<void>>();

  async function begin(trace_id: string | null, job_id: string | null): Promise<BegunRun> {
    const begun = runOf(job_id, trace_id);
    await tools.begin(blank(begun, job_id));
    tools.changed();
    return begun;
  }

  async function carryOut(begun: BegunRun, options: QaOptions, job: JobControl): Promise<CarriedOut> {
    const stored = await tools.run(begun.run_id);
    if (stored?.state === 'done' || stored?.state === 'failed') return stored;
    const ended = new AbortController();
    const over = Promise.withResolvers<void>();
    const control: JobControl = {
      ...job,
      log: (line, level) => job.log(line, level, begun.run_id),
      signal: AbortSignal.any([job.signal, ended.signal]),
    };
    const active = { run_id: begun.run_id, end: (why: SluiceError) => ended.abort(why), over: over.promise };
    try {
      if (stored === null) await tools.begin(blank(begun, job.job_id));
      const run = stored ?? blank(begun, job.job_id);
      const parts = await tested(begun, options, control, run, active);
      tools.changed();
      return { ...begun, ...parts, state: 'done' };
    } catch (error) {
      // What the engine's end cut off goes on with its next start.
      if (interrupted(job)) throw error;
      const reason = job.signal.aborted ? cancelled : tools.clean(wordsOf(error));
      await unlessGone(tools.fail(begun.run_id, reason));
      tools.changed();
      if (job.signal.aborted || !(error instanceof SluiceError)) throw error;
      if (!ended.signal.aborted) control.log(`${error.message} ${error.next}`, 'warn');
      return { ...begun, state: 'failed', verdict: null, tests_passed: null, reason };
    } finally {
      actives.delete(active);
      over.resolve();
    }
  }

  /** What a run came to, once that is saved. */
  async function tested(begun: BegunRun, options: QaOptions, control: JobControl, stored: Stored, active: ActiveRun) {
    const { signal } = control;
    const running = { state: 'running' as const, started_at: stored.started_at ?? now() };
    let kept: Kept | null = null;
    let total = 0;
    const progress = (done: number, all: number, doing: string) => {
      total = all;
      control.progress(all === 0 ? null : done / all, doing, { done, total: all, unit: 'runs of tests' });
    };
    for (;;) {
      // A plan holds both states of the repository: there are as many at once as there are slots.
      const parts = await inSlot(signal, async () => {
        while (erasures.size > 0) await untilAborted(Promise.all(erasures), signal);
        actives.add(active);
        kept ??= keptFrom(tools.kept(begun.run_id));
        const plan = await planned(begun.trace_id, options);
        const run: QaRun = { ...blank(begun, control.job_id), created_at: stored.created_at, ...running };
        await tools.save({ ...run, ...described(plan, plan.settings, tools.clean) });
        tools.changed();
        const { settings: waits } = plan;
        if ((await missingOf(tools.sandboxes, waits)) !== null) return { waits, lost: null };
        try {
          const found = await runQa(plan, {
            sandboxes: tools.sandboxes,
            readRun: tools.readRun,
            clean: tools.clean,
            rules: tools.rules,
            tell: control.log,
            progress,
            signal,
            kept,
            edits: async () => (begun.trace_id === null ? [] : tools.edits(begun.trace_id, signal)),
            async keep(state) {
              kept = state;
              await tools.keep(begun.run_id, keptAsJson(state));
            },
          });
          const rules = tools.rules();
          const task = options.prove_task
            ? await provenTask(plan, found, { ...tools, tell: control.log, signal })
            : null;
          if (task !== null) control.log(`== task ${task.state.replace('_', ' ')}: ${task.reason}`);
          // What was found before is of rules that hold no more: it is looked for anew.
          if (tools.rules() !== rules)
            return { waits, lost: 'The rules of redaction are others now: the tests run anew.' };
          // Said as it was found, before anything else may come between.
          const saving = tools.save({ ...run, ...found, task, state: 'done', ended_at: now() });
          progress(total, total, found.verdict ?? '');
          control.log(`== ${found.verdict}: ${found.reason}`);
          await saving;
          return found;
        } catch (error) {
          // Only a run that waits for its engine lets this through.
          if (!(error instanceof SluiceError) || error.code !== 'sandbox_unavailable') throw error;
          return { waits, lost: error.message };
        }
      });
      if (!('waits' in parts)) return parts;
      // Outside of the slot: who waits for an engine holds up nobody.
      if (parts.lost !== null) {
        control.log(parts.lost, 'warn');
        await sleep(pause, undefined, { signal });
      }
      await untilReady(tools.sandboxes, parts.waits, signal, (said) => {
        control.progress(null, `Waits. ${said}`);
        control.log(`Waits. ${said}`, 'warn');
      });
    }
  }

  /** Ends those of these runs that are under way; resolves once nothing of them is held any more. */
  async function end(which: (run: ActiveRun) => boolean, why: SluiceError): Promise<void> {
    const ending = [...actives].filter(which);
    for (const run of ending) run.end(why);
    await Promise.all(ending.map(({ over }) => over));
  }

  async function planned(traceId: string | null, asked: QaOptions): Promise<Plan> {
    const defaults = tools.defaults();
    const trace = traceId === null ? null : tools.trace(traceId);
    if (traceId !== null && trace === null) throw new SluiceError('not_found', 'The trace is gone.');
    const { path, name, mapped } = repositoryFor(trace?.metadata ?? undefined, defaults.repositories, asked.repo);
    const opened = async (at: string) => ({ path: at, handle: await openRepository(at) });
    const repository = await opened(path);
    const after = asked.repo_after === undefined ? null : await opened(asked.repo_after);
    return planOf({ asked, trace, defaults, repository, after, name, mapped });
  }

  async function run(params: Params, control: JobControl): Promise<QaJobResult> {
    const { trace_ids, query, sample: ofSample, ...asked } = params;
    if (!ofSample) return overTraces(params, asked, control);
    const folder = join(tools.scratch, uuidv7());
    try {
      const { path, ...sample } = await makeSampleRepository(tools.resources, join(folder, 'sample'));
      return await overTraces(
        { ...params, query: undefined, trace_ids: undefined },
        { ...asked, repo: path, ...sample },
        control,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function overTraces(params: Params, options: QaOptions, control: JobControl): Promise<QaJobResult> {
    const pages = pagesOf(params, tools);
    const total = pages.count();
    const state: State = checkpointSchema.safeParse(control.resumed).data ?? {
      cursor: null,
      open: null,
      next: null,
      done: 0,
      result: { runs: [], verdicts: {} },
    };
    control.checkpoint(state);
    try {
      do {
        if (state.open === null) {
          const { ids, next } = pages.at(state.cursor);
          const open = ids.map((id) => runOf(control.job_id, id));
          state.open = open;
          state.next = next;
          // Before anything of the page is begun: what a query would find no more must be known to whoever goes on.
          await control.checkpoint(state);
          for (const begun of open) await unlessGone(tools.begin(blank(begun, control.job_id)));
          tools.changed();
        }
        await eachAtOnce([...(state.open ?? [])], tools.defaults().at_once, async (begun) => {
          note(state, await carryOut(begun, options, total > 1 ? amongOthers(control, state, total) : control));
          control.checkpoint(state);
        });
        state.cursor = state.next;
        state.open = null;
        state.next = null;
        control.checkpoint(state);
      } while (state.cursor !== null);
      return state.result;
    } catch (error) {
      // What goes on with the engine's next start takes its runs along; nobody would come back to the others.
      if (!interrupted(control)) for (const begun of state.open ?? []) await giveUp(begun, control);
      throw error;
    }
  }

  async function giveUp(begun: BegunRun, { signal }: JobControl): Promise<void> {
    const stored = await tools.run(begun.run_id);
    if (stored === null || stored.state === 'done' || stored.state === 'failed') return;
    await unlessGone(tools.fail(begun.run_id, signal.aborted ? cancelled : 'Its job failed.'));
    tools.changed();
  }

  return {
    id: 'qa',
    title: 'Tests',
    params: qaParamsSchema,
    result: qaJobResultSchema,
    lane: 'io',
    atOnce: jobsAtOnce,
    run,
    begin,
    carryOut,
    endRuns: (runIds) => end(({ run_id }) => runIds.has(run_id), new SluiceError('not_found', 'The trace is gone.')),
    async whileErasing(work) {
      const over = Promise.withResolvers<void>();
      erasures.add(over.promise);
      try {
        await end(() => true, new SluiceError('qa_erased', 'Values were erased while the tests ran.'));
        return await work();
      } finally {
        erasures.delete(over.promise);
        over.resolve();
      }
    },
  };
}

const now = () => toIso(Date.now() * 1000);

/** A job's run of a trace has the same id whenever it is begun: once is enough, also where a crash came before the checkpoint. */
function runOf(job_id: string | null, trace_id: string | null): BegunRun {
  if (job_id === null) return { run_id: uuidv7(), trace_id };
  const began = Number.parseInt(job_id.replaceAll('-', '').slice(0, 12), 16) * 1000;
  return { run_id: nulJoinedId(began, 'qa run', job_id, trace_id ?? ''), trace_id };
}

/** Of a trace that was deleted meanwhile nothing is kept: that is no failure of who saves it, nor of the other runs. */
async function unlessGone(saving: Promise<unknown>): Promise<void> {
  await saving.catch((error: unknown) => {
    if (!(error instanceof SluiceError) || error.code !== 'not_found') throw error;
  });
}

function blank({ run_id, trace_id }: BegunRun, job_id: string | null): QaRun {
  return {
    run_id,
    trace_id,
    job_id,
    state: 'pending',
    created_at: now(),
    started_at: null,
    ended_at: null,
    verdict: null,
    tests_passed: null,
    test_exit_code: null,
    framework: null,
    tier: null,
    counts: noCounts,
    tests_edited: [],
    restored_verdict: null,
    image: null,
    repository: null,
    seconds: null,
    reason: null,
    tests: [],
    settings: null,
    output_snippet: null,
    attempts: [],
    restored: null,
    edits: null,
    by_hand: null,
    task: null,
  };
}

/** Of picked traces, of a query's, or one page of one run without a trace. */
function pagesOf({ trace_ids, query }: Params, tools: QaTools) {
  if (trace_ids !== undefined) {
    const picked = [...new Set(trace_ids)];
    return {
      count: () => picked.length,
      at(cursor: string | null): { ids: (string | null)[]; next: string | null } {
        const to = Number(cursor ?? 0) + pageSize;
        return { ids: picked.slice(to - pageSize, to), next: to < picked.length ? String(to) : null };
      },
    };
  }
  if (query !== undefined)
    return {
      count: () => tools.countTraces(query),
      at(cursor: string | null): { ids: (string | null)[]; next: string | null } {
        const { items, next_cursor } = tools.traces({ query, limit: pageSize, cursor });
        return { ids: items.map(({ trace_id }) => trace_id), next: next_cursor };
      },
    };
  return { count: () => 1, at: () => ({ ids: [null], next: null }) };
}

/** Reasons of runs that came to a verdict quote tests: they stand with the run, which an erasure reaches. */
function note(state: State, { run_id, trace_id, verdict, reason }: CarriedOut): void {
  const { runs, verdicts } = state.result;
  if (runs.length < mostNamed) runs.push({ run_id, trace_id, verdict, reason: verdict === null ? reason : null });
  const name = verdict ?? 'none';
  verdicts[name] = (verdicts[name] ?? 0) + 1;
  state.done += 1;
  state.open = state.open?.filter((begun) => begun.run_id !== run_id) ?? null;
}

function wordsOf(error: unknown): string {
  return error instanceof SluiceError ? `${error.message} ${error.next}` : 'Something failed that nobody expected.';
}

function interrupted({ signal: { reason } }: JobControl): boolean {
  return reason instanceof SluiceError && reason.code === 'job_interrupted';
}

/** One run's telling, where the job is about many: the share is the job's. */
function amongOthers(control: JobControl, { done }: State, total: number): JobControl {
  const all = Math.max(total, done + 1);
  return {
    ...control,
    progress: (_, message) =>
      control.progress(done / all, `${done + 1} of ${all} traces, ${message}`, { done, total: all, unit: 'traces' }),
  };
}
