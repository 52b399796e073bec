import { describe, expect, it, vi } from 'vitest';
import type { JobControl } from '../../../src/main/ground/job-kind.js';
import { createJobs, type JobStore, listedJobs, RunnerCrashed } from '../../../src/main/jobs/index.js';
import { SluiceError } from '../../../src/shared/errors.js';
import type { Job, Json } from '../../../src/shared/model/index.js';
import { kindOf, type RunJob, testLogs } from '../../support/job-kinds.js';
import { memoryJobs } from '../../support/job-store.js';

/** A runner that waits until the test lets each of its jobs go. */
function heldRunner() {
  const begun: { params: Json; control: JobControl; finish(result: Json): void; fail(error: unknown): void }[] = [];
  const waiters: (() => void)[] = [];
  const run: RunJob = (params, control) =>
    new Promise((resolve, reject) => {
      begun.push({ params, control, finish: resolve, fail: reject });
      control.signal.addEventListener('abort', () => reject(control.signal.reason));
      for (const wake of waiters.splice(0)) wake();
    });
  return {
    run,
    begun,
    async next(count: number) {
      while (begun.length < count) await new Promise<void>((resolve) => waiters.push(resolve));
      return begun[count - 1] as (typeof begun)[number];
    },
  };
}

function setUp(runners: { [kind: string]: RunJob }, store = memoryJobs(), logs = testLogs()) {
  const changes: Job[] = [];
  const states: string[] = [];
  const errors: unknown[] = [];
  const jobs = createJobs({
    store,
    kinds: Object.entries(runners).map(([id, run]) => kindOf(id, run)),
    logs,
    clean: (text) => text.replaceAll('secret', '<SECRET>'),
    onChange: (job) => changes.push(job),
    onState: (job) => states.push(job.state),
    onError: (error) => errors.push(error),
  });
  const list = (cursor: string | null, limit: number, kind: string | null = null) =>
    listedJobs(store.jobs(cursor, limit, kind), jobs.active());
  return { jobs, list, store, changes, states, errors };
}

describe('createJobs', () => {
  it('runs a job and keeps its result', async () => {
    const { jobs, store, changes } = setUp({ sum: async (params) => (params as number[]).reduce((a, b) => a + b, 0) });
    const job = await jobs.start('sum', 'Add up', [1, 2, 3]);
    expect(job).toMatchObject({ kind: 'sum', title: 'Add up', state: 'queued', params: [1, 2, 3] });
    await jobs.settled(job.job_id);
    expect(store.job(job.job_id)).toMatchObject({ state: 'done', progress: 1, result: 6, error: null });
    expect(store.job(job.job_id)?.ended_at).not.toBeNull();
    expect(changes.map((change) => change.state)).toEqual(['queued', 'running', 'done']);
  });

  it('runs one at a time of a kind, in order, kinds beside each other', async () => {
    const slow = heldRunner();
    const { jobs } = setUp({ slow: slow.run, quick: async () => 'quick' });
    const first = await jobs.start('slow', 'first', 1);
    const second = await jobs.start('slow', 'second', 2);
    const quick = await jobs.start('quick', 'quick', null);
    await slow.next(1);
    expect((await jobs.settled(quick.job_id))?.state).toBe('done');
    expect(jobs.get(second.job_id)?.state).toBe('queued');
    expect(slow.begun).toHaveLength(1);
    slow.begun[0]?.finish('one');
    expect((await slow.next(2)).params).toBe(2);
    slow.begun[1]?.finish('two');
    await jobs.settled(second.job_id);
    expect([jobs.get(first.job_id)?.result, jobs.get(second.job_id)?.result]).toEqual(['one', 'two']);
  });

  it('shows progress at once and saves it', async () => {
    const held = heldRunner();
    const { jobs, store } = setUp({ slow: held.run });
    const { job_id } = await jobs.start('slow', 'slow', null);
    const running = await held.next(1);
    running.control.progress(0.25, 'a quarter');
    expect(jobs.get(job_id)).toMatchObject({ state: 'running', progress: 0.25, message: 'a quarter' });
    await expect.poll(() => store.job(job_id)?.progress).toBe(0.25);
    running.finish(null);
    await jobs.settled(job_id);
    running.control.progress(0.1, 'too late');
    expect(jobs.get(job_id)).toMatchObject({ state: 'done', progress: 1, message: 'a quarter' });
  });

  it('keeps code, message and next step of what went wrong', async () => {
    const { jobs, errors } = setUp({
      known: async () => {
        throw new SluiceError('export_target_exists', 'It exists.', { out: '/x' });
      },
      unknown: async () => {
        throw new TypeError('no space left on device');
      },
    });
    const known = await jobs.settled((await jobs.start('known', 'a', null)).job_id);
    expect(known).toMatchObject({
      state: 'failed',
      error: {
        code: 'export_target_exists',
        message: 'It exists.',
        details: { out: '/x', next: 'Choose another folder or delete the old export.' },
      },
    });
    expect(errors).toEqual([]);
    const unknown = await jobs.settled((await jobs.start('unknown', 'b', null)).job_id);
    expect(unknown).toMatchObject({
      state: 'failed',
      error: { code: 'job_failed', message: 'no space left on device' },
    });
    expect(errors).toHaveLength(1);
  });

  it('goes on with the next job after a failed one', async () => {
    let count = 0;
    const { jobs } = setUp({
      flaky: async () => {
        count += 1;
        if (count === 1) throw new Error('once');
        return count;
      },
    });
    const first = await jobs.start('flaky', 'a', null);
    const second = await jobs.start('flaky', 'b', null);
    expect((await jobs.settled(second.job_id))?.result).toBe(2);
    expect(jobs.get(first.job_id)?.state).toBe('failed');
  });

  it('cancels a running and a waiting job, leaves one that is over', async () => {
    const held = heldRunner();
    const { jobs, errors } = setUp({ slow: held.run });
    const running = await jobs.start('slow', 'a', null);
    const waiting = await jobs.start('slow', 'b', null);
    await held.next(1);
    expect(await jobs.cancel(waiting.job_id)).toMatchObject({ state: 'cancelled', started_at: null });
    expect(await jobs.cancel(running.job_id)).toMatchObject({ state: 'cancelled', error: { code: 'job_cancelled' } });
    const last = await jobs.start('slow', 'c', null);
    (await held.next(2)).finish('c');
    await jobs.settled(last.job_id);
    expect(held.begun).toHaveLength(2);
    expect(await jobs.cancel(last.job_id)).toMatchObject({ state: 'done', result: 'c' });
    expect(await jobs.cancel('019aa000-0000-7000-8000-000000000000')).toBeNull();
    expect(errors).toEqual([]);
  });

  it('pauses one, and goes on with it as what it was, also from a store that was read anew', async () => {
    const held = heldRunner();
    const { jobs, store, states } = setUp({ slow: held.run });
    const { job_id } = await jobs.start('slow', 'a', { n: 1 });
    const first = await held.next(1);
    await expect(jobs.goOn(job_id)).resolves.toMatchObject({ state: 'running' });
    expect(await jobs.pause(job_id)).toMatchObject({ state: 'paused', error: { code: 'job_paused' } });
    await expect(jobs.goOn(job_id)).rejects.toMatchObject({ code: 'job_not_resumable' });
    expect(first.control.signal.aborted).toBe(true);

    const kind = { ...kindOf('slow', held.run), again: () => true };
    const options = { store, kinds: [kind], logs: testLogs(), clean: (text: string) => text };
    const heard = {
      onChange: () => undefined,
      onState: ({ state }: Job) => states.push(state),
      onError: () => undefined,
    };
    const again = createJobs({ ...options, ...heard });
    expect(again.active()).toEqual([]);
    expect(await again.goOn(job_id, { n: 2 })).toMatchObject({ job_id, state: 'queued', error: null, ended_at: null });
    const second = await held.next(2);
    expect(second.params).toEqual({ n: 2 });
    second.finish('whole');
    expect(await again.settled(job_id)).toMatchObject({ state: 'done', result: 'whole' });
    expect(states).toEqual(['queued', 'running', 'paused', 'queued', 'running', 'done']);
    expect(await again.goOn('019aa000-0000-7000-8000-000000000000')).toBeNull();
  });

  it('keeps the result of a job that finished in spite of a cancel', async () => {
    let release = () => {};
    const { jobs } = setUp({
      stubborn: () =>
        new Promise((resolve) => {
          release = () => resolve('done anyway');
        }),
    });
    const { job_id } = await jobs.start('stubborn', 'a', null);
    await expect.poll(() => jobs.get(job_id)?.state).toBe('running');
    const cancelling = jobs.cancel(job_id);
    release();
    expect(await cancelling).toMatchObject({ state: 'done', result: 'done anyway' });
  });

  it('marks what ran when the engine died as interrupted, and starts what was waiting', async () => {
    const held = heldRunner();
    const before = setUp({ slow: held.run });
    const running = await before.jobs.start('slow', 'a', 1);
    const waiting = await before.jobs.start('slow', 'b', 2);
    await held.next(1);
    await expect.poll(() => before.store.job(running.job_id)?.state).toBe('running');

    const after = heldRunner();
    const { jobs } = setUp({ slow: after.run }, before.store);
    expect(await jobs.settled(running.job_id)).toMatchObject({
      state: 'interrupted',
      error: { code: 'job_interrupted', details: { next: 'Start the job again.' } },
    });
    expect((await after.next(1)).params).toBe(2);
    after.begun[0]?.finish('b');
    expect((await jobs.settled(waiting.job_id))?.state).toBe('done');
    expect(after.begun).toHaveLength(1);
  });

  it('interrupts what runs when it is closed, and keeps what waits', async () => {
    const held = heldRunner();
    const { jobs, store } = setUp({ slow: held.run });
    const running = await jobs.start('slow', 'a', null);
    const waiting = await jobs.start('slow', 'b', null);
    await held.next(1);
    await jobs.close();
    expect(store.job(running.job_id)?.state).toBe('interrupted');
    expect(store.job(waiting.job_id)?.state).toBe('queued');
    expect(held.begun).toHaveLength(1);
    await expect(jobs.start('slow', 'c', null)).rejects.toThrow(SluiceError);
  });

  it('closes in bounded time although a runner never notices, and what that runner says later changes nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const late = Promise.withResolvers<Json>();
      const { jobs, store, states } = setUp({ deaf: () => late.promise });
      const job = await jobs.start('deaf', 'Deaf', null);
      await vi.advanceTimersByTimeAsync(0);
      const closed = jobs.close();
      await vi.advanceTimersByTimeAsync(10_000);
      await closed;
      late.resolve('late');
      await vi.advanceTimersByTimeAsync(0);
      expect(store.job(job.job_id)).toMatchObject({ state: 'interrupted', result: null });
      expect(states).toEqual(['queued', 'running', 'interrupted']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lists jobs as they stand, though the store has them as they were', async () => {
    const store = memoryJobs();
    const held = heldRunner();
    const { jobs, list } = setUp({ slow: held.run }, store);
    const old = await jobs.start('slow', 'old', null);
    (await held.next(1)).finish(null);
    await jobs.settled(old.job_id);
    const fresh = await jobs.start('slow', 'fresh', null);
    store.hold();
    const running = await held.next(2);
    expect(store.job(fresh.job_id)?.state).toBe('queued');
    expect(list(null, 10).items.map((job) => `${job.title} ${job.state}`)).toEqual(['fresh running', 'old done']);
    running.finish(null);
    store.release();
    await jobs.settled(fresh.job_id);
    expect(list(null, 10).items.map((job) => `${job.title} ${job.state}`)).toEqual(['fresh done', 'old done']);
    const page = list(null, 1);
    expect(list(page.next_cursor, 1).items.map((job) => job.title)).toEqual(['old']);
  });

  it('gives a job when its record is saved, and begins it then', async () => {
    const store = memoryJobs();
    const held = heldRunner();
    const { jobs, states } = setUp({ slow: held.run }, store);
    store.hold();
    let given = false;
    const starting = jobs.start('slow', 'a', null);
    void starting.then(() => {
      given = true;
    });
    await new Promise(setImmediate);
    expect([given, held.begun.length, states]).toEqual([false, 0, []]);
    store.release();
    const { job_id } = await starting;
    expect(store.job(job_id)).toMatchObject({ job_id, state: 'queued' });
    (await held.next(1)).finish('a');
    expect((await jobs.settled(job_id))?.result).toBe('a');
  });

  it('has no job whose record could not be saved, and says why', async () => {
    const full = new SluiceError('storage_failing', 'The disk is full.');
    const store = { ...memoryJobs(), saveJob: () => Promise.reject(full) };
    const { jobs, states } = setUp({ quick: async () => 1 }, store);
    await expect(jobs.start('quick', 'a', null)).rejects.toBe(full);
    expect([jobs.active(), states]).toEqual([[], []]);
  });

  it('leaves one that was saved while it closed to the next start', async () => {
    const store = memoryJobs();
    const before = setUp({ quick: async () => 1 }, store);
    store.hold();
    const starting = before.jobs.start('quick', 'a', null);
    const closed = before.jobs.close();
    store.release();
    const { job_id } = await starting;
    await closed;
    expect((await before.jobs.settled(job_id))?.state).toBe('queued');
    const after = setUp({ quick: async () => 2 }, store);
    expect(await after.jobs.settled(job_id)).toMatchObject({ state: 'done', result: 2 });
  });

  it('tells of a record that could no longer be saved and goes on', async () => {
    const saving = memoryJobs();
    let full = false;
    const store: JobStore = {
      ...saving,
      async saveJob(job) {
        if (full) throw new Error('disk full');
        await saving.saveJob(job);
        full = true;
      },
    };
    const errors: unknown[] = [];
    const jobs = createJobs({
      store,
      kinds: [kindOf('quick', async () => 1)],
      logs: testLogs(),
      clean: (text) => text,
      onChange: () => {},
      onState: () => {},
      onError: (error) => errors.push(error),
    });
    const { job_id } = await jobs.start('quick', 'a', null);
    await jobs.settled(job_id);
    expect(errors.length).toBeGreaterThan(0);
    // Whoever was given its id finds it.
    expect(jobs.get(job_id)).toMatchObject({ state: 'done', result: 1 });
  });

  it('gives paths for listed files of finished jobs only', async () => {
    const { jobs } = setUp({
      export: async () => ({ out: '/data/exports/one', files: [{ name: 'data.jsonl' }, { name: '../secret' }] }),
      odd: async () => ({ out: 'relative', files: [{ name: 'data.jsonl' }] }),
    });
    const job = await jobs.start('export', 'a', null);
    expect(jobs.file(job.job_id, 'data.jsonl')).toBeNull();
    await jobs.settled(job.job_id);
    expect(jobs.file(job.job_id, 'data.jsonl')).toBe('/data/exports/one/data.jsonl');
    expect(jobs.file(job.job_id, 'manifest.json')).toBe('/data/exports/one/manifest.json');
    for (const name of ['other.jsonl', '../secret', '..', '', '/etc/passwd', 'data.jsonl/../../x']) {
      expect(jobs.file(job.job_id, name)).toBeNull();
    }
    const odd = await jobs.start('odd', 'b', null);
    await jobs.settled(odd.job_id);
    expect(jobs.file(odd.job_id, 'data.jsonl')).toBeNull();
  });

  it('refuses two kinds of one id at the start', () => {
    const options = { store: memoryJobs(), logs: testLogs(), clean: String, onChange() {}, onState() {}, onError() {} };
    const twice = [kindOf('a', async () => 1), kindOf('a', async () => 2)];
    expect(() => createJobs({ ...options, kinds: twice })).toThrow(
      'two entries of the list of job kinds have the id a',
    );
  });

  it('runs as many at once as the kind says', async () => {
    const held = heldRunner();
    const jobs = createJobs({
      store: memoryJobs(),
      kinds: [kindOf('two', held.run, 2)],
      logs: testLogs(),
      clean: String,
      onChange() {},
      onState() {},
      onError() {},
    });
    const [, , third] = await Promise.all([1, 2, 3].map((n) => jobs.start('two', `${n}`, n)));
    await held.next(2);
    expect(jobs.get((third as Job).job_id)?.state).toBe('queued');
    held.begun[0]?.finish(null);
    expect((await held.next(3)).params).toBe(3);
    for (const { finish } of held.begun.slice(1)) finish(null);
    await jobs.settled((third as Job).job_id);
  });

  it('shows how much is done of what', async () => {
    const held = heldRunner();
    const { jobs } = setUp({ slow: held.run });
    const { job_id, work } = await jobs.start('slow', 'slow', null);
    expect(work).toBeNull();
    const running = await held.next(1);
    running.control.progress(0.5, 'half', { done: 5, total: 10, unit: 'traces' });
    expect(jobs.get(job_id)?.work).toEqual({ done: 5, total: 10, unit: 'traces' });
    running.finish(null);
    await jobs.settled(job_id);
  });

  it('keeps a log: states, what the job says, how far it is, and why it failed', async () => {
    const { jobs } = setUp({
      talking: async (_, control) => {
        control.progress(0.1, 'one of ten');
        control.progress(0.2, 'two of ten');
        control.log('a note', 'warn');
        throw new SluiceError('export_empty', 'The secret is not there.');
      },
    });
    const { job_id } = await jobs.start('talking', 'a', null);
    await jobs.settled(job_id);
    const lines = await all(jobs.log(job_id, 0, false, new AbortController().signal));
    expect(lines.map(({ level, text }) => `${level} ${text}`)).toEqual([
      'info queued',
      'info running',
      'info one of ten',
      'warn a note',
      'error failed: The <SECRET> is not there. [export_empty]',
    ]);
    expect(jobs.log('019aa000-0000-7000-8000-000000000000', 0, false, new AbortController().signal)).toBeNull();
  });

  it('goes on from its checkpoint when what runs it crashes, a few times', async () => {
    const resumed: Json[] = [];
    const run: RunJob = async (_, control) => {
      resumed.push(control.resumed as Json);
      control.checkpoint({ at: resumed.length });
      if (resumed.length < 3) throw new RunnerCrashed('out of memory');
      return 'done';
    };
    const { jobs, errors } = setUp({ long: run });
    const job = await jobs.start('long', 'a', null);
    expect(await jobs.settled(job.job_id)).toMatchObject({ state: 'done', result: 'done' });
    expect(resumed).toEqual([null, { at: 1 }, { at: 2 }]);
    expect(errors).toHaveLength(2);
    const lost: RunJob = async () => {
      throw new RunnerCrashed('out of memory');
    };
    const always: RunJob = async (_, control) => {
      control.checkpoint(1);
      throw new RunnerCrashed('out of memory');
    };
    const second = setUp({ lost, always });
    const ended = await Promise.all(
      ['lost', 'always'].map(async (kind) => second.jobs.settled((await second.jobs.start(kind, kind, null)).job_id)),
    );
    expect(ended.map((each) => each?.state)).toEqual(['failed', 'failed']);
    expect(ended[0]).toMatchObject({
      error: { code: 'job_failed', message: expect.stringContaining('out of memory') },
    });
  });

  it('goes on after a restart with all that it was given, also where a list leaves it out', async () => {
    const store = memoryJobs();
    const held = heldRunner();
    const before = setUp({ slow: held.run }, store);
    const job = await before.jobs.start('slow', 'a', ['x', 'y']);
    (await held.next(1)).control.checkpoint({ at: 1 });
    await before.jobs.close();
    const short: typeof store.jobs = (...asked) => {
      const page = store.jobs(...asked);
      return { ...page, items: page.items.map((each) => ({ ...each, params: null })) };
    };
    const after = heldRunner();
    const { jobs, list } = setUp({ slow: after.run }, { ...store, jobs: short });
    expect((await after.next(1)).params).toEqual(['x', 'y']);
    expect(list(null, 10).items[0]).toMatchObject({ job_id: job.job_id, state: 'running', params: null });
    expect(jobs.get(job.job_id)?.params).toEqual(['x', 'y']);
    after.begun[0]?.finish('done');
    await jobs.settled(job.job_id);
  });

  it('gives up values that are erased in what it would save of jobs that are not over', async () => {
    const store = memoryJobs();
    const held = heldRunner();
    const { jobs } = setUp({ slow: held.run }, store);
    const asked = { query: 'title:Ada', other: 1, test_command: ['pytest', '-k', 'Ada'] };
    const job = await jobs.start('slow', 'Tests of title:Ada', asked);
    const { control, finish } = await held.next(1);
    control.progress(0.5, 'at Ada');
    await jobs.rewriteTexts(async (texts) => texts.map((text) => text.replaceAll('Ada', '<PERSON>')));
    finish({});
    await jobs.settled(job.job_id);
    expect(store.job(job.job_id)).toMatchObject({
      state: 'done',
      title: 'Tests of title:<PERSON>',
      message: 'at <PERSON>',
      params: { query: 'title:<PERSON>', other: 1, test_command: ['pytest', '-k', '<PERSON>'] },
    });
    expect(JSON.stringify(store.job(job.job_id))).not.toContain('Ada');
  });

  it('tells when a checkpoint is saved, the first and every other, and also where the job ends before', async () => {
    const store = memoryJobs();
    const held = heldRunner();
    const { jobs } = setUp({ slow: held.run }, store);
    const job = await jobs.start('slow', 'Slow', null);
    const { control, finish } = await held.next(1);
    for (const at of [1, 2, 3]) {
      await control.checkpoint({ at });
      expect(store.job(job.job_id)).toHaveProperty('checkpoint', { at });
    }
    const late = control.checkpoint({ at: 4 });
    finish(null);
    await late;
    await control.checkpoint({ at: 5 });
    await jobs.settled(job.job_id);
    expect(store.job(job.job_id)).toMatchObject({ state: 'done' });
  });

  it('goes on after a restart where it had a checkpoint, whether it was closed or killed', async () => {
    for (const close of [true, false]) {
      const held = heldRunner();
      const before = setUp({ slow: held.run });
      const job = await before.jobs.start('slow', 'a', 1);
      const running = await held.next(1);
      running.control.checkpoint({ at: 7 });
      if (close) await before.jobs.close();
      else await expect.poll(() => before.store.job(job.job_id)).toHaveProperty('checkpoint');
      if (close) expect(before.jobs.get(job.job_id)).toMatchObject({ state: 'queued', ended_at: null });
      expect(before.jobs.get(job.job_id)).not.toHaveProperty('checkpoint');

      const after = heldRunner();
      const { jobs, store } = setUp({ slow: after.run }, before.store);
      const again = await after.next(1);
      expect(again.control.resumed).toEqual({ at: 7 });
      again.finish('done');
      expect((await jobs.settled(job.job_id))?.state).toBe('done');
      expect(store.job(job.job_id)).not.toHaveProperty('checkpoint');
    }
  });
});

it('begins anew after a restart where its kind may, though it had no checkpoint', async () => {
  const kinds = (run: RunJob) => [{ ...kindOf('slow', run), again: (params: unknown) => params === 'a file' }];
  const store = memoryJobs();
  const open = (run: RunJob) =>
    createJobs({
      store,
      kinds: kinds(run),
      logs: testLogs(),
      clean: String,
      onChange() {},
      onState() {},
      onError() {},
    });
  for (const close of [true, false]) {
    const held = heldRunner();
    const before = open(held.run);
    const file = await before.start('slow', 'a', 'a file');
    await held.next(1);
    await expect.poll(() => store.job(file.job_id)?.state).toBe('running');
    if (close) await before.close();
    const upload = close ? null : await before.start('slow', 'b', 'an upload');

    const after = heldRunner();
    const jobs = open(after.run);
    (await after.next(1)).finish('done');
    expect((await jobs.settled(file.job_id))?.state).toBe('done');
    if (upload === null) continue;
    // That one waited and had not begun.
    (await after.next(2)).finish('done');
    expect((await jobs.settled(upload.job_id))?.state).toBe('done');
  }
  const held = heldRunner();
  const before = open(held.run);
  const upload = await before.start('slow', 'c', 'an upload');
  await held.next(1);
  await before.close();
  expect(before.get(upload.job_id)?.state).toBe('interrupted');
});

async function all<T>(list: AsyncGenerator<T> | null): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list ?? []) items.push(item);
  return items;
}
