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
import type { JobControl, JobKind } from '../../ground/job-kind.js';
import { untilReady } from './doctor.js';
import { keptAsJson, keptFrom } from './kept.js';
import { type Plan, planOf } from './plan.js';
import { openRepository } from './repository/open.js';
import { repositoryFor } from './repository/which.js';
import { described, noCounts, runQa } from './run.js';
import { makeSampleRepository } from './sample.js';
import { createSlots } from './slots.js';
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
  carryOut(begun: BegunRun, options: QaOptions, control: JobControl): Promise<QaRun>;
}

/** Jobs that run tests. One that was cut off goes on with the attempts that were not over. */
export function qaKind(tools: QaTools): QaKind {
  const inSlot = createSlots(() => tools.defaults().at_once);

  async function begin(trace_id: string | null, job_id: string | null): Promise<BegunRun> {
    const begun = runOf(job_id, trace_id);
    await saveBlank(begun, job_id);
    tools.changed();
    return begun;
  }

  /** Unless it was begun before a crash, of which the job did not hear. */
  async function saveBlank(begun: BegunRun, job_id: string | null): Promise<void> {
    if ((await tools.run(begun.run_id)) === null) await tools.save(blank(begun, job_id));
  }

  async function carryOut(begun: BegunRun, options: QaOptions, control: JobControl): Promise<QaRun> {
    const { signal } = control;
    const stored = await tools.run(begun.run_id);
    if (stored?.state === 'done' || stored?.state === 'failed') return stored;
    let kept = keptFrom(tools.kept(begun.run_id));
    const started_at = stored?.started_at ?? now();
    let run: QaRun = { ...(stored ?? blank(begun, control.job_id)), state: 'running', started_at };
    const save = async (next: QaRun, state?: Parameters<QaTools['save']>[1]) => {
      run = next;
      await tools.save(run, state);
      tools.changed();
      return run;
    };
    let total = 0;
    const progress = (done: number, all: number, doing: string) => {
      total = all;
      control.progress(all === 0 ? null : done / all, doing, { done, total: all, unit: 'runs of tests' });
    };
    try {
      for (;;) {
        const plan = await planned(begun.trace_id, options);
        await save({ ...run, ...described(plan, plan.settings, tools.clean) });
        await untilReady(tools.sandboxes, plan.settings, signal, (said) => {
          control.progress(null, `Waits. ${said}`);
          control.log(`Waits. ${said}`, 'warn');
        });
        try {
          const parts = await inSlot(signal, () =>
            runQa(plan, {
              sandboxes: tools.sandboxes,
              clean: tools.clean,
              tell: control.log,
              progress,
              signal,
              kept,
              async keep(state) {
                kept = state;
                await tools.save(run, keptAsJson(state));
              },
            }),
          );
          progress(total, total, parts.verdict ?? '');
          control.log(`== ${parts.verdict}: ${parts.reason}`);
          return await save({ ...run, ...parts, state: 'done', ended_at: now() }, null);
        } catch (error) {
          // Only a run that waits for its engine lets this through: what is over stays so.
          if (!(error instanceof SluiceError) || error.code !== 'sandbox_unavailable') throw error;
          control.log(error.message, 'warn');
          await sleep(pause, undefined, { signal });
        }
      }
    } catch (error) {
      // What the engine's end cut off goes on with its next start.
      if (interrupted(control)) throw error;
      const said = signal.aborted ? 'It was cancelled.' : wordsOf(error);
      await unlessGone(save({ ...run, state: 'failed', ended_at: now(), reason: tools.clean(said) }, null));
      if (signal.aborted || !(error instanceof SluiceError)) throw error;
      control.log(`${error.message} ${error.next}`, 'warn');
      return run;
    }
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
          control.checkpoint(state);
          for (const begun of open) await unlessGone(saveBlank(begun, control.job_id));
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

  async function giveUp(begun: BegunRun, { job_id, signal }: JobControl): Promise<void> {
    const stored = await tools.run(begun.run_id);
    if (stored?.state === 'done' || stored?.state === 'failed') return;
    const reason = signal.aborted ? 'It was cancelled.' : 'Its job failed.';
    await unlessGone(
      tools.save({ ...(stored ?? blank(begun, job_id)), state: 'failed', ended_at: now(), reason }, null),
    );
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
function note(state: State, { run_id, trace_id, verdict, reason }: QaRun): void {
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
