import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportDataset, verifyDataset } from '../../src/main/dataset/index.js';
import { dockerSandboxes } from '../../src/main/sandbox/index.js';
import { makeSampleRepository } from '../../src/main/verify/qa/sample.js';
import type { QaRun, Step } from '../../src/shared/model/index.js';
import { cloneOf } from '../support/clones.js';
import { debianImage } from '../support/images/index.js';
import { qaStage } from '../support/qa-stage.js';
import { freshOwner } from '../support/sandboxes.js';
import { sessionSource, testId, testTrace } from '../support/traces.js';

const { image, why } = await debianImage();
/** Harbor’s own models; test/integration/trainers.test.ts says how to get them. */
const python = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-tests/trainers-1/bin/python');
const load = `
import sys, pathlib
from harbor.models.task.task import Task
task = Task(pathlib.Path(sys.argv[1]))
print(task.config.metadata["proof"], task.config.environment.workdir, Task.is_valid_dir(pathlib.Path(sys.argv[1])))
`;

describe.skipIf(why !== null)(`tasks of Harbor in Docker${why === null ? '' : ` (${why})`}`, () => {
  const maker = dockerSandboxes({ owner: freshOwner(), env: process.env });
  const root = mkdtempSync(join(tmpdir(), 'sluice-proof-'));
  const trace_id = testId(1, 0);
  afterAll(async () => {
    await maker.reap(true);
    rmSync(root, { recursive: true, force: true });
  });

  async function tried(repository: { path: string; commits: readonly string[] }, asked: object = {}): Promise<QaRun> {
    const traces = [{ trace_id, metadata: null, steps: [] }];
    const { start, all } = qaStage(maker, { traces, defaults: { image, repeat: { base: 1, fixed: 1 } } });
    const [commit_before, commit_after] = repository.commits;
    await start({
      trace_ids: [trace_id],
      repo: repository.path,
      commit_before,
      commit_after,
      prove_task: true,
      test_command: ['python3', '-m', 'unittest', 'discover'],
      ...asked,
    });
    return all()[0] as QaRun;
  }

  async function exported(run: QaRun, name: string) {
    const url = 'https://git.example.com/acme/intervals';
    const repo = {
      url,
      commit_before: 'a'.repeat(40),
      commit_after: 'b'.repeat(40),
      test_command: 'python3 -m unittest',
    };
    const told = [
      { type: 'message', role: 'user', content: 'Merging loses an interval' },
      { type: 'reasoning_step', content: 'Which one?' },
      { type: 'code_edit', file: 'a.py', diff: '--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-one\n+two\n' },
      { type: 'reasoning_step', content: 'That was it.' },
    ];
    const steps = told.map(
      (step, at) => ({ step_id: testId(4, at), seq: at + 1, timestamp: '2026-11-21T09:30:00.000Z', ...step }) as Step,
    );
    const trace = testTrace({ trace_id, metadata: { repo }, steps });
    const source = {
      ...sessionSource([{ trace, messages: new Map() }]),
      task: () => run.task && { run_id: run.run_id, task: run.task },
    };
    const out = join(root, name);
    const progress = { signal: new AbortController().signal, onProgress: () => undefined };
    const options = { layout: 'harbor-task', format: 'harbor', query: '', seed: 0, pseudonyms: 'project' } as const;
    await exportDataset(options, source, out, progress);
    return { out, tasks: existsSync(join(out, 'data')) ? readdirSync(join(out, 'data')).sort() : [] };
  }

  it('the sample is proven: its tests fail at commit_before and pass with its solution, by the files that are exported', async () => {
    const { path, commit_before, commit_after } = await makeSampleRepository('resources', join(root, 'sample'));
    const run = await tried({ path, commits: [commit_before, commit_after] });
    expect(run.task).toMatchObject({
      state: 'proven',
      before: { exit_code: 1, reward: '0' },
      after: { exit_code: 0, reward: '1' },
      fail_to_pass: run.tests.filter((test) => test.class === 'fail_to_pass').map(({ id }) => id),
      parts: { tests: [{ path: 'tests/test_intervals.py' }], image },
    });
    expect(run.task?.fail_to_pass).toHaveLength(2);
    expect(run.task?.pass_to_pass.length).toBeGreaterThan(0);

    const { out, tasks } = await exported(run, 'proven');
    const rows = readFileSync(join(out, 'data.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Behind an edit it is another state.
    expect(rows.map(({ proof }) => proof.state)).toEqual(['proven', 'not_proven']);
    expect(rows.map(({ proven }) => proven)).toEqual([true, false]);
    const quality = JSON.parse(readFileSync(join(out, 'quality.json'), 'utf8'));
    expect(quality.proofs).toEqual({ proven: 1, not_proven: 1 });
    expect(rows[0].proof).toMatchObject({ run_id: run.run_id, exit_code_before: 1, exit_code_after: 0 });
    const file = (name: string) => readFileSync(join(out, 'data', tasks[0] as string, name), 'utf8');
    expect(file('task.toml')).toContain('proof = "proven"');
    expect(file('environment/Dockerfile')).toContain(`FROM ${image}\n`);
    expect(file('environment/Dockerfile')).toContain('ENV TZ="UTC"');
    expect(file('solution/0001.file')).toContain('def ');
    const checked = await verifyDataset(out);
    expect(checked.problems).toEqual([]);
    if (existsSync(python)) {
      const { stdout, stderr } = spawnSync(python, ['-c', load, join(out, 'data', tasks[0] as string)], {
        encoding: 'utf8',
      });
      expect([stdout.trim(), stderr]).toEqual(['proven /work/repo True', '']);
    }
  });

  it('is refuted where the command fails with the solution too, and left out with its reason', async () => {
    const test = (more: string) =>
      `import unittest, calc\nclass T(unittest.TestCase):\n  def test_two(self):\n    self.assertEqual(calc.two(), 2)\n${more}`;
    const always = '  def test_never(self):\n    self.fail()\n';
    const repository = cloneOf(
      { 'calc.py': 'def two():\n  return 1\n', 'test_calc.py': test(always) },
      { 'calc.py': 'def two():\n  return 2\n', 'test_calc.py': test(always) },
    );
    try {
      const run = await tried(repository);
      expect(run).toMatchObject({ verdict: 'passed', counts: { fail_to_pass: 1, stable_fail: 1 } });
      expect(run.task).toMatchObject({
        state: 'refuted',
        before: { reward: '0' },
        after: { reward: '0', exit_code: 1 },
      });
      await expect(exported(run, 'refuted')).rejects.toMatchObject({
        code: 'export_empty',
        message: expect.stringContaining('do not tell the change'),
      });
    } finally {
      rmSync(repository.path, { recursive: true, force: true });
    }
  });

  it('is not proven where there is nothing to prove, or no engine, and says why', async () => {
    const files = {
      'calc.py': 'x = 1\n',
      'test_calc.py': 'import unittest\nclass T(unittest.TestCase):\n  def test_x(self): pass\n',
    };
    const repository = cloneOf(files, { ...files, 'calc.py': 'x = 2\n' });
    try {
      const { task } = await tried(repository);
      expect(task).toMatchObject({
        state: 'not_proven',
        reason: 'No test failed before the change and passed after it.',
      });
    } finally {
      rmSync(repository.path, { recursive: true, force: true });
    }
  });
});
