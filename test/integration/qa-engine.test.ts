import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneOf } from '../support/clones.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { debianImage } from '../support/images/index.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

const { image, why } = await debianImage();
const fixtures = join(import.meta.dirname, '../fixtures/repositories/pytest');
const clones: string[] = [];

function clone(...states: Parameters<typeof cloneOf>) {
  const made = cloneOf(...states);
  clones.push(made.path);
  return made;
}

const docker = (...words: string[]) =>
  execFileSync('docker', words)
    .toString()
    .split('\n')
    .filter((line) => line !== '');

/** Containers and volumes of a data folder. */
const leftOf = (owner: string) => [
  ...docker('ps', '-aq', '--filter', `label=dev.sluice.owner=${owner}`),
  ...docker('volume', 'ls', '-q', '--filter', `label=dev.sluice.owner=${owner}`),
];

/** Whose container runs a command with these words. */
function ownerOf(words: string): string | undefined {
  const format = '{{.Label "dev.sluice.owner"}} {{.Command}}';
  const lines = docker('ps', '--no-trunc', '--filter', 'label=dev.sluice.kind=command', '--format', format);
  return lines.find((line) => line.includes(words))?.split(' ')[0];
}

describe.skipIf(why !== null)(`tests of traces, by the engine${why === null ? '' : ` (${why})`}`, () => {
  let engine: Engine;
  let dataDir: string;
  const shop = clone(join(fixtures, 'base'), join(fixtures, 'fix'));
  const mapped = { repo: 'https://git.example/shop.git', path: shop.path };
  const qa = { image, repeat: { base: 1, fixed: 1 }, repositories: [mapped] };
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sluice-qa-engine-'));
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, qa }));
    engine = await startEngine([], { dataDir });
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(dataDir, { recursive: true, force: true });
    for (const path of clones) rmSync(path, { recursive: true, force: true });
  });

  const over = (jobId: string) =>
    engine.until(`/jobs/${jobId}`, (job: Any) => ['done', 'failed', 'cancelled'].includes(job.state) && job);
  const logOf = async (jobId: string) => (await (await engine.fetch(`/jobs/${jobId}/log`)).text()).split('\n');

  it('a trace that is finalized has its tests run, and what they come to stands in it', async () => {
    await engine.api('/traces', {
      body: {
        trace_id: 'pr-1',
        developer_id: 'dev-1',
        repo: {
          name: 'shop',
          url: 'git@git.example:shop.git',
          branch: 'main',
          commit_before: shop.commits[0],
          commit_after: shop.commits[1],
        },
        start_time: '2026-03-01T10:00:00Z',
        events: [
          { event_type: 'reasoning_step', timestamp: '2026-03-01T10:01:00Z', data: { content: 'It is the slug.' } },
        ],
      },
    });
    const trace = await engine.api('/traces/pr-1/finalize', { method: 'POST' });
    // One test fails on both sides: the command says so by its exit code.
    expect(trace).toMatchObject({
      qa_status: 'done',
      qa_results: { tests_passed: true, test_exit_code: 1, verdict: 'passed', framework: 'pytest', tier: 'report' },
    });
    expect(trace.steps.filter(({ type }: Any) => type === 'test_result')).toHaveLength(1);
    const { items } = await engine.api(`/traces/${trace.trace_id}/qa-runs`);
    expect(items).toMatchObject([{ state: 'done', verdict: 'passed', job_id: trace.job_id }]);
    expect(await engine.api(`/qa/runs/${items[0].run_id}`)).toMatchObject({ verdict: 'passed', settings: { image } });
  });

  it('the command line says how a run went by its exit code', async () => {
    const run = (...args: string[]) => sluice(['qa', ...args, '--json', '--data-dir', engine.ready.data_dir]);
    const sample = await run('--sample');
    expect(sample.code).toBe(0);
    expect(JSON.parse(sample.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      verdict: 'passed',
      framework: 'unittest',
    });
    const words = await run('--repo', shop.path, '--test-command', 'sh -c "echo 12 passed; echo all passed"');
    expect(words.code).toBe(1);
    expect(JSON.parse(words.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ verdict: 'no_evidence' });
  });

  it('kill -9 in the middle: the next start removes what lay there, and goes on with what was not over', async () => {
    const slow = `test_${randomBytes(6).toString('hex')}.py`;
    const { path, commits } = clone(
      { [slow]: 'import time\ndef test_it():\n    time.sleep(4)\n    assert 0\n' },
      { [slow]: 'import time\ndef test_it():\n    time.sleep(4)\n' },
    );
    const [commit_before, commit_after] = commits;
    const test_command = ['python3', '-m', 'pytest', '-p', 'no:cacheprovider', slow];
    const { job_id } = await engine.api('/qa', {
      body: { repo: path, commit_before, commit_after, test_command, repeat: { base: 1, fixed: 2 } },
    });
    await expect.poll(() => logOf(job_id)).toContainEqual(expect.stringContaining('== after the change, 1 of 2'));
    await expect.poll(() => ownerOf(slow)).toBeDefined();
    const owner = ownerOf(slow) as string;
    await engine.kill9();
    expect(leftOf(owner)).not.toEqual([]);

    engine = await startEngine([], { dataDir });
    expect(await over(job_id)).toMatchObject({ state: 'done', result: { verdicts: { passed: 1 } } });
    await expect.poll(() => leftOf(owner)).toEqual([]);
    const { items } = await engine.api('/qa/runs?limit=1');
    expect(items[0]).toMatchObject({ job_id, state: 'done', counts: { fail_to_pass: 1 } });
    const began = (await logOf(job_id)).filter((line) => /== [\w ]+, \d of \d"/.test(line));
    expect(began.filter((line) => line.includes('before the change'))).toHaveLength(1);
  });

  it('a job that is called off ends its container', async () => {
    const slow = `test_${randomBytes(6).toString('hex')}.py`;
    const { path } = clone({ [slow]: 'import time\ndef test_it():\n    time.sleep(1000)\n' });
    const { job_id } = await engine.api('/qa', {
      body: { repo: path, test_command: ['python3', '-m', 'pytest', slow] },
    });
    await expect.poll(() => ownerOf(slow)).toBeDefined();
    const owner = ownerOf(slow) as string;
    expect(await engine.api(`/jobs/${job_id}`, { method: 'DELETE' })).toMatchObject({ state: 'cancelled' });
    await expect.poll(() => leftOf(owner)).toEqual([]);
    const { items } = await engine.api('/qa/runs?limit=1');
    expect(items[0]).toMatchObject({ job_id, state: 'failed', reason: 'It was cancelled.' });
  });
});
