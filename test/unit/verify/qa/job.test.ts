import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { JobControl } from '../../../../src/main/ground/job-kind.js';
import type { Prerequisite } from '../../../../src/main/ground/sandbox.js';
import { JobAborted } from '../../../../src/main/jobs/index.js';
import type { TestedTrace } from '../../../../src/main/verify/qa/tools.js';
import { SluiceError } from '../../../../src/shared/errors.js';
import type { Json, QaRun } from '../../../../src/shared/model/index.js';
import { cloneOf } from '../../../support/clones.js';
import { fakeSandboxes, pytestReport } from '../../../support/fake-sandboxes.js';
import { jobControl } from '../../../support/job-kinds.js';
import { qaStage } from '../../../support/qa-stage.js';

const clones: string[] = [];
afterAll(() => {
  for (const path of clones) rmSync(path, { recursive: true, force: true });
});

const test = 'import slug\n\ndef test_one():\n    assert slug.one() == 1\n';
const base = { 'slug.py': 'fault', 'test_slug.py': test, 'pytest.ini': '[pytest]\n' };
const fix = { ...base, 'slug.py': 'mended' };

function clone(...states: Parameters<typeof cloneOf>) {
  const made = cloneOf(...states);
  clones.push(made.path);
  return made;
}

const outcomesOf = (files: ReadonlyMap<string, string>) =>
  ({ one: files.get('slug.py') === 'fault' ? 'failed' : 'passed', two: 'passed' }) as const;

/** A control that remembers what it was told. */
function watched(over: Partial<JobControl> = {}) {
  const lines: string[] = [];
  const said: string[] = [];
  let checkpoint: Json = null;
  const control = jobControl({
    job_id: '01990000-0000-7000-8000-000000000001',
    log: (line) => lines.push(line),
    progress: (_, message) => said.push(message),
    checkpoint: async (state) => {
      checkpoint = structuredClone(state) as Json;
    },
    ...over,
  });
  return { control, lines, said, checkpoint: () => checkpoint };
}

/** For what a busy machine takes its time for. */

const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;

describe('a job that runs tests', () => {
  it('runs them before and after the change, each time in a place of its own', async () => {
    const { path, commits } = clone(base, fix);
    const { maker, opened } = fakeSandboxes({
      run(run) {
        run.say('one line\nanother\n');
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const { start, all } = qaStage(maker);
    const { control, lines, said } = watched();
    const [commit_before, commit_after] = commits as [string, string];
    const result = await start({ repo: path, commit_before, commit_after, allow_network_in_prepare: false }, control);
    const [run] = all();
    expect(result).toEqual({
      runs: [{ run_id: run?.run_id, trace_id: null, verdict: 'passed', reason: null }],
      verdicts: { passed: 1 },
    });
    expect(run).toMatchObject({
      state: 'done',
      job_id: control.job_id,
      verdict: 'passed',
      tests_passed: true,
      test_exit_code: 0,
      framework: 'pytest',
      tier: 'report',
      counts: { fail_to_pass: 1, pass_to_pass: 1, flaky: 0 },
      tests: [
        { id: 'tests::one', base: ['failed', 'failed'], fixed: ['passed', 'passed', 'passed'], class: 'fail_to_pass' },
        { id: 'tests::two', class: 'pass_to_pass' },
      ],
      tests_edited: [],
      restored: null,
      image: 'python',
      repository: { kind: 'git', commit_before, commit_after },
      settings: {
        test_command: ['python3', '-m', 'pytest'],
        framework: null,
        image_id: 'sha256:python',
        env: { SOURCE_DATE_EPOCH: '1700000000' },
      },
      output_snippet: 'one line\nanother\n',
      reason: '1 test failed before and passed after the change; 1 other passed.',
    });
    expect(run?.by_hand).toContain(`git -C ${path} archive ${commit_after} | tar -x && run python`);
    expect(opened).toHaveLength(5);
    expect(opened.every(({ open }) => !open)).toBe(true);
    expect(opened[0]?.request).toMatchObject({
      workdir: '/work/repo',
      runtime: null,
      limits: { seconds: 300, memory_bytes: 2048 * 1024 * 1024, pids: 512 },
    });
    expect(lines.filter((line) => line === 'another')).toHaveLength(5);
    expect(said[0]).toBe('before the change, 1 of 2');
  });

  it('says what the tests of before make of a change that edits its tests', async () => {
    const edited = { ...fix, 'slug.py': 'fault', 'test_slug.py': 'def test_one():\n    assert True\n' };
    const { path, commits } = clone(base, edited);
    const { maker } = fakeSandboxes({
      run: (run) =>
        pytestReport(run, {
          one: run.files.get('test_slug.py')?.includes('True') ? 'passed' : 'failed',
          two: 'passed',
        }),
    });
    const { start, all } = qaStage(maker);
    const asked = { repo: path, commit_before: commits[0], commit_after: commits[1] };
    await start(asked, watched().control);
    expect(all()[0]).toMatchObject({
      verdict: 'passed',
      tests_edited: ['test_slug.py'],
      restored_verdict: 'failed',
      restored: { verdict: 'failed' },
    });
    expect(all()[0]?.attempts.map(({ side, restored, n }) => [side, restored, n])).toEqual([
      ['base', false, 1],
      ['base', false, 2],
      ['fixed', false, 1],
      ['fixed', false, 2],
      ['fixed', false, 3],
      ['fixed', true, 1],
      ['fixed', true, 2],
    ]);
  });

  it('takes of a trace its commits and its command, of the person all else, and nothing of the trace for more', async () => {
    const { path, commits } = clone(base, fix);
    const { maker, opened, prepared } = fakeSandboxes({ run: (run) => pytestReport(run, outcomesOf(run.files)) });
    const trace: TestedTrace = {
      trace_id: idOf(1),
      metadata: {
        repo: {
          name: 'slugs',
          url: 'https://example.com/slugs.git',
          commit_before: commits[0] as string,
          commit_after: commits[1] as string,
          test_command: 'pytest -q test_slug.py',
          image: 'evil',
          path: '/etc',
          prepare: [['curl', 'evil']],
        },
      },
    };
    const repositories = [
      { repo: 'https://example.com/slugs', path, image: 'python:mine', prepare: [['pip', 'install', 'slugs']] },
    ];
    const { start, all } = qaStage(maker, {
      traces: [trace],
      defaults: { repositories, repeat: { base: 1, fixed: 1 } },
    });
    await start({ trace_ids: [trace.trace_id] }, watched().control);
    expect(all()[0]).toMatchObject({
      verdict: 'passed',
      trace_id: trace.trace_id,
      image: 'python:mine',
      repository: { name: 'slugs' },
      settings: {
        test_command: ['pytest', '-q', 'test_slug.py'],
        prepare: [['pip', 'install', 'slugs']],
        network_in_prepare: false,
      },
      edits: { result: 'none' },
    });
    expect(opened).toHaveLength(2);
    // The same lock files on both sides: what comes out is the same image.
    expect(new Set(prepared.map(({ key }) => key)).size).toBe(1);
    expect(opened.map(({ request }) => request.image)).toEqual(
      Array(2).fill(`sha256:prepared:${prepared[0]?.key.slice(0, 8)}`),
    );
  });

  it('keeps the environment apart from the tests', async () => {
    const { path, commits } = clone(base, fix);
    const asked = { repo: path, commit_before: commits[0], commit_after: commits[1] };
    const { maker } = fakeSandboxes({
      run: () => ({}),
      prepare: () => {
        throw new SluiceError('prepare_failed', '`pip install x` ended with exit code 1.', {
          output: 'no hunter2 here',
        });
      },
    });
    const failing = qaStage(maker);
    const control = watched().control;
    const result = await failing.start({ ...asked, prepare: [['pip', 'install', 'x']] }, control);
    expect(result.verdicts).toEqual({ environment: 1 });
    expect(failing.all()[0]).toMatchObject({
      state: 'done',
      verdict: 'environment',
      tests_passed: null,
      output_snippet: 'no [PASSWORD] here',
      attempts: [],
    });
    expect(failing.all()[0]?.reason).toContain('need the network allowed');

    const memory = qaStage(fakeSandboxes({ run: () => ({ ended_by: 'memory' }) }).maker);
    await memory.start(asked, control);
    expect(memory.all()[0]).toMatchObject({ verdict: 'environment', tests_passed: null, test_exit_code: null });
    // What ran out is not tried again.
    expect(memory.all()[0]?.attempts).toHaveLength(2);
  });

  it('fails with what to do where nothing can be run, and goes on with the others', async () => {
    const { path, commits } = clone(base, fix);
    const { maker, opened } = fakeSandboxes({ run: (run) => pytestReport(run, outcomesOf(run.files)) });
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    const traces: TestedTrace[] = [
      { trace_id: idOf(1), metadata: null },
      { trace_id: idOf(2), metadata: { repo: { ...said, commit_after: 'f'.repeat(40) } } },
      { trace_id: idOf(3), metadata: { repo: said } },
      { trace_id: idOf(4), metadata: { repo: { ...said, test_command: 'pytest && rm -rf /' } } },
    ];
    const { start, all } = qaStage(maker, { traces, defaults: { repositories: [{ repo: 'slugs', path }] } });
    const result = await start({ query: '' }, watched().control);
    expect(result.verdicts).toEqual({ none: 3, passed: 1 });
    const reasons = all().map(({ state, verdict, reason }) => [state, verdict, verdict ? '' : reason]);
    expect(reasons).toEqual([
      ['failed', null, expect.stringContaining('--repo')],
      ['failed', null, expect.stringContaining('git fetch')],
      ['done', 'passed', ''],
      ['failed', null, expect.stringContaining('&&')],
    ]);
    expect(result.runs.map(({ reason }) => reason)).toEqual([
      expect.any(String),
      expect.any(String),
      null,
      expect.any(String),
    ]);
    expect(opened).toHaveLength(5);

    const unnamed = qaStage(maker, { defaults: { image: null } });
    await unnamed.start({ repo: path }, watched().control);
    expect(unnamed.all()[0]?.reason).toContain('python:3.13-slim');
    const unknown = qaStage(maker);
    await unknown.start({ repo: path, framework: 'pytset' }, watched().control);
    expect(unknown.all()[0]?.reason).toContain('looks like pytest');
  });

  it('goes on after the engine’s end with what was not over', async () => {
    const { path, commits } = clone(base, fix);
    const asked = { repo: path, commit_before: commits[0], commit_after: commits[1] };
    const ended = new AbortController();
    let ran = 0;
    const { maker, opened } = fakeSandboxes({
      run(run) {
        ran += 1;
        if (ran === 4) {
          ended.abort(new JobAborted('interrupted'));
          return { ended_by: 'cancel' };
        }
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const { start, all, kept, runs } = qaStage(maker);
    const first = watched({ signal: ended.signal });
    await expect(start(asked, first.control)).rejects.toThrow('stopped');
    const [run] = all();
    expect(run).toMatchObject({ state: 'running', verdict: null });
    expect(kept.size).toBe(1);

    const again = watched({ resumed: first.checkpoint() });
    await start(asked, again.control);
    expect(all()).toHaveLength(1);
    expect(all()[0]).toMatchObject({
      run_id: run?.run_id,
      created_at: run?.created_at,
      started_at: run?.started_at,
      state: 'done',
      verdict: 'passed',
    });
    expect(all()[0]?.attempts).toHaveLength(5);
    expect(ran).toBe(6);
    expect(kept.size).toBe(0);
    expect(opened.every(({ open }) => !open)).toBe(true);

    // What is over is not repeated, also where the job did not hear of it before its end.
    await start(asked, watched({ resumed: first.checkpoint() }).control);
    expect(ran).toBe(6);

    // Other states, other settings: nothing of before counts.
    const stored = all()[0] as QaRun;
    runs.set(stored.run_id, { ...stored, state: 'running' });
    kept.set(stored.run_id, { key: 'another', attempts: [] });
    await start(asked, watched({ resumed: first.checkpoint() }).control);
    expect(ran).toBe(11);
  });

  it('does not go on with attempts of another image that bears the same name by now', async () => {
    const { path, commits } = clone(base, fix);
    const asked = { repo: path, commit_before: commits[0], commit_after: commits[1] };
    const ended = new AbortController();
    let ran = 0;
    const { maker, opened } = fakeSandboxes({
      run(run) {
        ran += 1;
        if (ran === 3) ended.abort(new JobAborted('interrupted'));
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const { start, all, tools } = qaStage(maker);
    const first = watched({ signal: ended.signal });
    await expect(start(asked, first.control)).rejects.toThrow('stopped');
    const { prepare } = maker;
    tools.sandboxes = {
      ...maker,
      prepare: async (...args) => ({ ...(await prepare(...args)), image_id: 'sha256:another' }),
    };
    await start(asked, watched({ resumed: first.checkpoint() }).control);
    expect(all()[0]).toMatchObject({ state: 'done', settings: { image: 'python', image_id: 'sha256:another' } });
    expect(opened.slice(3).map(({ request }) => request.image)).toEqual(Array(5).fill('sha256:another'));
  });

  it('reads repositories only once it has its turn, so many as may run at once', async () => {
    const { path, commits } = clone(base, fix);
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    const traces = [1, 2, 3, 4, 5, 6].map((n) => ({ trace_id: idOf(n), metadata: { repo: said } }));
    const held = Promise.withResolvers<void>();
    const { maker, opened } = fakeSandboxes({
      async run(run) {
        await held.promise;
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const { start, tools, all } = qaStage(maker, { traces, defaults: { repositories: [{ repo: 'slugs', path }] } });
    const planned: string[] = [];
    const { trace } = tools;
    tools.trace = (id) => {
      planned.push(id);
      return trace(id);
    };
    const jobs = traces.map(({ trace_id }) => start({ trace_ids: [trace_id] }, watched({ job_id: trace_id }).control));
    await expect.poll(() => opened.length).toBe(1);
    expect(planned).toHaveLength(1);
    expect(all().map(({ state }) => state)).toEqual(['running', ...Array(5).fill('pending')]);
    held.resolve();
    await Promise.all(jobs);
    expect(all().map(({ verdict }) => verdict)).toEqual(Array(6).fill('passed'));
  });

  it('holds up nobody while it waits for its engine', async () => {
    const { path } = clone(fix);
    const away: Prerequisite = { id: 'runtime', title: 'Runtime', ok: false, detail: 'No runsc.', next: null };
    const { maker } = fakeSandboxes({ run: (run) => pytestReport(run, outcomesOf(run.files)) });
    const { start, tools, all } = qaStage(maker);
    tools.sandboxes = { ...maker, prerequisites: async (wanted) => (wanted?.runtime === 'runsc' ? [away] : []) };
    const ended = new AbortController();
    const { control, said } = watched({ signal: ended.signal });
    const waits = start({ repo: path, missing_engine: 'wait', runtime: 'runsc' }, control);
    await expect.poll(() => said).toContain('Waits. Runtime: No runsc.');
    await start({ repo: path }, watched({ job_id: idOf(7) }).control);
    expect(all().map(({ state }) => state)).toEqual(['running', 'done']);
    ended.abort(new JobAborted('cancelled'));
    await expect(waits).rejects.toThrow('cancelled');
  });

  it('begins nothing of a page that whoever goes on would not know of', async () => {
    const { path } = clone(base, fix);
    const traces = [1, 2, 3].map((n) => ({ trace_id: idOf(n), metadata: null }));
    const { start, runs } = qaStage(fakeSandboxes({ run: () => ({}) }).maker, {
      traces,
      defaults: { repositories: [{ repo: 'slugs', path }] },
    });
    const saved = Promise.withResolvers<void>();
    const states: Json[] = [];
    const { control } = watched({
      checkpoint(state) {
        states.push(structuredClone(state) as Json);
        return saved.promise;
      },
    });
    const job = start({ query: 'qa:none' }, control);
    await expect.poll(() => states.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(states[1]).toMatchObject({ open: traces.map(({ trace_id }) => ({ trace_id })) });
    expect(runs.size).toBe(0);
    saved.resolve();
    await job;
    expect(runs.size).toBe(3);
  });

  it('is called off: the run that was at work and those that waited say so, and nothing stays open', async () => {
    const { path, commits } = clone(base, fix);
    const ended = new AbortController();
    const { maker, opened } = fakeSandboxes({
      run() {
        ended.abort(new JobAborted('cancelled'));
        return { ended_by: 'cancel' };
      },
    });
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    const traces = [1, 2, 3].map((n) => ({ trace_id: idOf(n), metadata: { repo: said } }));
    const { start, all } = qaStage(maker, { traces, defaults: { repositories: [{ repo: 'slugs', path }] } });
    const { control } = watched({ signal: ended.signal });
    await expect(start({ query: '' }, control)).rejects.toThrow('cancelled');
    expect(all().map(({ state, reason }) => [state, reason])).toEqual(Array(3).fill(['failed', 'It was cancelled.']));
    expect(opened.every(({ open }) => !open)).toBe(true);
  });

  it('waits for the engine where it is to, and fails with what to do where it is not', async () => {
    const { path } = clone(fix);
    const away: Prerequisite = {
      id: 'engine',
      title: 'Container engine',
      ok: false,
      detail: 'No container engine was found.',
      next: 'Start Docker.',
    };
    const { maker } = fakeSandboxes({ run: () => ({}), missing: () => [away] });
    const failing = qaStage(maker);
    await failing.start({ repo: path }, watched().control);
    expect(failing.all()[0]).toMatchObject({ state: 'failed', verdict: null });
    expect(failing.all()[0]?.reason).toMatch(/No container engine was found\. Start Docker\./);

    const waiting = qaStage(maker);
    const ended = new AbortController();
    const { control, lines, said } = watched({ signal: ended.signal });
    const job = waiting.start({ repo: path, missing_engine: 'wait' }, control);
    await expect.poll(() => said).toContain('Waits. Container engine: No container engine was found. Start Docker.');
    expect(waiting.all()[0]?.state).toBe('running');
    ended.abort(new JobAborted('cancelled'));
    await expect(job).rejects.toThrow('cancelled');
    expect(lines.some((line) => line.startsWith('Waits.'))).toBe(true);
    expect(waiting.all()[0]).toMatchObject({ state: 'failed', reason: 'It was cancelled.' });
  });

  it('lets jobs take turns: one trace does not wait for all of a bulk', async () => {
    const { path, commits } = clone(base, fix);
    const order: string[] = [];
    const { maker } = fakeSandboxes({
      async run(run) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    const traces = [1, 2, 3, 4, 5, 6].map((n) => ({ trace_id: idOf(n), metadata: { repo: said } }));
    const { start, tools } = qaStage(maker, {
      traces,
      defaults: { repositories: [{ repo: 'slugs', path }], repeat: { base: 1, fixed: 1 } },
    });
    const { save } = tools;
    tools.save = async (run) => {
      if (run.state === 'done') order.push(run.trace_id as string);
      return save(run);
    };
    const bulk = start({ trace_ids: traces.slice(0, 5).map(({ trace_id }) => trace_id) }, watched().control);
    const one = start({ trace_ids: [idOf(6)] }, watched().control);
    await Promise.all([bulk, one]);
    expect(order).toHaveLength(6);
    expect(order.indexOf(idOf(6))).toBeLessThan(3);
  });

  it('is begun once for a trace, also where a crash came before the job kept that', async () => {
    const { kind, all, runs } = qaStage(fakeSandboxes({ run: () => ({}) }).maker);
    const job = watched().control.job_id;
    const first = await kind.begin(idOf(1), job);
    const [stored] = all() as [QaRun];
    runs.set(first.run_id, { ...stored, state: 'running' });
    expect(await kind.begin(idOf(1), job)).toEqual(first);
    expect(all().map(({ state }) => state)).toEqual(['running']);
    expect((await kind.begin(idOf(2), job)).run_id).not.toBe(first.run_id);
    expect((await kind.begin(idOf(1), idOf(9))).run_id).not.toBe(first.run_id);
    expect(all()).toHaveLength(3);
  });

  it('goes on with the page that it began, and with all behind it, where the query finds what was not tested', async () => {
    const { path, commits } = clone(base, fix);
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    // All but the first fail at once.
    const traces = Array.from({ length: 53 }, (_, n) => ({
      trace_id: idOf(n),
      metadata: n === 0 ? { repo: said } : null,
    }));
    const ended = new AbortController();
    const { maker } = fakeSandboxes({
      run(run) {
        ended.abort(new JobAborted('interrupted'));
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const { start, tools, all } = qaStage(maker, {
      traces,
      defaults: { repositories: [{ repo: 'slugs', path }], repeat: { base: 1, fixed: 1 }, at_once: 8 },
    });
    // As `qa:none` does: who has a run is found no more.
    const left = () => traces.filter(({ trace_id }) => !all().some((run) => run.trace_id === trace_id));
    tools.countTraces = () => left().length;
    tools.traces = ({ limit, cursor }) => {
      const items = left().filter(({ trace_id }) => cursor === null || trace_id > cursor);
      const page = items.slice(0, limit);
      return { items: page, next_cursor: items.length > limit ? (page.at(-1)?.trace_id ?? null) : null };
    };
    const first = watched({ signal: ended.signal });
    await expect(start({ query: 'qa:none' }, first.control)).rejects.toThrow('stopped');
    await start({ query: 'qa:none' }, watched({ resumed: first.checkpoint() }).control);
    expect(left()).toEqual([]);
    expect(all()).toHaveLength(53);
    expect(all().map(({ state }) => state)).toEqual(['done', ...Array(52).fill('failed')]);
  });

  it('goes on with the others where a trace is deleted, before its run or under it', async () => {
    const { path, commits } = clone(base, fix);
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    const traces = [1, 2, 3, 4].map((n) => ({ trace_id: idOf(n), metadata: { repo: said } }));
    const gone = new Set([idOf(1)]);
    const { maker } = fakeSandboxes({
      run(run) {
        gone.add(idOf(3));
        return pytestReport(run, outcomesOf(run.files));
      },
    });
    const { start, tools, runs, all } = qaStage(maker, {
      traces,
      defaults: { repositories: [{ repo: 'slugs', path }], repeat: { base: 1, fixed: 1 } },
    });
    // As the store: a trace takes its runs along, and takes no more.
    const { begin, save, keep, fail, trace } = tools;
    tools.trace = (id) => (gone.has(id) ? null : trace(id));
    const deleted = () => {
      for (const { run_id, trace_id } of all()) if (gone.has(trace_id as string)) runs.delete(run_id);
    };
    tools.begin = async (run) => {
      if (gone.has(run.trace_id as string)) throw new SluiceError('not_found', 'There is no such trace.');
      return begin(run);
    };
    tools.save = async (run) => {
      deleted();
      return save(run);
    };
    tools.keep = async (...kept) => {
      deleted();
      return keep(...kept);
    };
    tools.fail = async (...failed) => {
      deleted();
      return fail(...failed);
    };
    const result = await start({ query: '' }, watched().control);
    expect(result.verdicts).toEqual({ passed: 2, none: 2 });
    expect(all().map(({ trace_id, state }) => [trace_id, state])).toEqual([
      [idOf(2), 'done'],
      [idOf(4), 'done'],
    ]);

    const ended = new AbortController();
    const { control } = watched({ signal: ended.signal });
    tools.sandboxes = fakeSandboxes({
      run() {
        gone.add(idOf(2));
        ended.abort(new JobAborted('cancelled'));
        return { ended_by: 'cancel' };
      },
    }).maker;
    runs.clear();
    gone.clear();
    await expect(start({ query: '' }, control)).rejects.toThrow('cancelled');
    expect(all().map(({ trace_id, state }) => [trace_id, state])).toEqual([1, 3, 4].map((n) => [idOf(n), 'failed']));
  });

  it('ends with an erasure of values, which may stand in what its tests wrote, and begins none until that is done', async () => {
    const { path, commits } = clone(base, fix);
    const said = { name: 'slugs', commit_before: commits[0] as string, commit_after: commits[1] as string };
    const traces = [1, 2].map((n) => ({ trace_id: idOf(n), metadata: { repo: said } }));
    const erased = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    let ran = 0;
    const { maker, opened } = fakeSandboxes({
      async run(run) {
        run.say('by Ada Lovelace\n');
        ran += 1;
        if (ran === 2) {
          began.resolve();
          await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
          return { ended_by: 'cancel' };
        }
        return pytestReport(run, { 'Ada Lovelace': 'passed' });
      },
    });
    const { start, kind, all, kept } = qaStage(maker, {
      traces,
      defaults: { repositories: [{ repo: 'slugs', path }] },
    });
    const job = start({ query: '' }, watched().control);
    await began.promise;
    expect(kept.size).toBe(1);
    const stood: unknown[] = [];
    const erasing = kind.whileErasing(async () => {
      stood.push(JSON.stringify([all(), [...kept]]), opened.filter(({ open }) => open).length);
      await erased.promise;
    });
    await expect.poll(() => stood.length).toBe(2);
    expect(stood[0]).not.toContain('Ada');
    expect(stood[1]).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([ran, opened.length]).toEqual([2, 2]);
    expect(all()[0]).toMatchObject({ state: 'failed', verdict: null, tests: [] });
    expect(all()[0]?.reason).toMatch(/erased .*run the tests again/);
    erased.resolve();
    await erasing;
    expect((await job).verdicts).toMatchObject({ none: 1 });
    expect(all()[1]).toMatchObject({ state: 'done' });
  });

  it('ends at once where its trace is gone, and says nothing of it any more', async () => {
    const { path } = clone(fix);
    const said = { name: 'slugs' };
    const began = Promise.withResolvers<void>();
    const { maker, opened } = fakeSandboxes({
      async run(run) {
        run.say('before\n');
        began.resolve();
        await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
        return { ended_by: 'cancel' };
      },
    });
    const { start, kind, all, runs } = qaStage(maker, {
      traces: [{ trace_id: idOf(1), metadata: { repo: said } }],
      defaults: { repositories: [{ repo: 'slugs', path }] },
    });
    const told: (string | undefined)[] = [];
    const { control } = watched({ log: (_, __, runId) => told.push(runId) });
    const job = start({ trace_ids: [idOf(1)] }, control);
    await began.promise;
    const [{ run_id }] = all() as [QaRun];
    runs.clear();
    await kind.endRuns(new Set([run_id]));
    const lines = told.length;
    expect((await job).verdicts).toEqual({ none: 1 });
    expect(told.length).toBe(lines);
    expect(new Set(told)).toEqual(new Set([run_id]));
    expect(all()).toEqual([]);
    expect(opened.every(({ open }) => !open)).toBe(true);
  });

  it('runs its tests anew where the rules of redaction change under it, and keeps nothing that passed the old ones', async () => {
    const { path, commits } = clone(base, fix);
    const asked = { repo: path, commit_before: commits[0], commit_after: commits[1] };
    let [ran, strict] = [0, false];
    const { maker } = fakeSandboxes({
      run(run) {
        ran += 1;
        if (ran === 3) strict = true;
        run.say('for Ada Lovelace\n');
        return pytestReport(run, { 'greets Ada Lovelace': run.files.get('slug.py') === 'fault' ? 'failed' : 'passed' });
      },
    });
    const { start, tools, all, kept } = qaStage(maker);
    const loose = tools.clean;
    tools.rules = () => (strict ? 'strict' : 'lax');
    tools.clean = (text) => (strict ? loose(text).replaceAll('Ada Lovelace', '<PERSON>') : loose(text));
    const { keep } = tools;
    const states: [boolean, string][] = [];
    tools.keep = (id, state) => {
      states.push([strict, JSON.stringify(state)]);
      return keep(id, state);
    };
    await start(asked, watched().control);
    expect(ran).toBe(3 + 5);
    expect(states.filter(([isStrict, text]) => isStrict && text.includes('Ada'))).toEqual([]);
    expect(states.filter(([isStrict]) => !isStrict)).toHaveLength(2);
    expect(JSON.stringify(all())).not.toContain('Ada');
    expect(all()[0]).toMatchObject({
      verdict: 'passed',
      tests: [{ id: 'tests::greets <PERSON>', class: 'fail_to_pass' }],
    });
    // What was cut off under other rules is not gone on with.
    const [stored] = all() as [QaRun];
    expect(kept.size).toBe(0);
    expect(stored.output_snippet).toContain('<PERSON>');
  });

  it('keeps nothing that has not passed the gate, and tests that it makes alike apart', async () => {
    const { path, commits } = clone(base, fix);
    const asked = {
      repo: path,
      commit_before: commits[0],
      commit_after: commits[1],
      test_command: 'pytest -k hunter2',
    };
    const { maker } = fakeSandboxes({
      run(run) {
        run.say('the password is hunter2\n');
        return pytestReport(run, { 'log in with hunter2': 'failed', 'log in with [PASSWORD]': 'passed' });
      },
    });
    const { start, tools, all } = qaStage(maker);
    const states: string[] = [];
    const { save, keep } = tools;
    tools.save = async (run) => {
      states.push(JSON.stringify(run));
      return save(run);
    };
    tools.keep = async (id, state) => {
      states.push(JSON.stringify(state));
      return keep(id, state);
    };
    const { control, checkpoint } = watched();
    await start(asked, control);
    expect(states.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(checkpoint())).not.toContain('PASSWORD');
    expect(all()[0]?.tests.map(({ id, fixed }) => [id, fixed[0]])).toEqual([
      ['tests::log in with [PASSWORD]', 'passed'],
      ['tests::log in with [PASSWORD] #2', 'failed'],
    ]);
  });
});
